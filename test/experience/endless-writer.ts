/** A program that writes numbered lines into the file it is given until it is killed; it says when it is well under way. */
import { JsonlFile } from '../../src/experience/jsonl-file.ts'

const PADDING = 'x'.repeat(300)
const file = await JsonlFile.create(process.argv[2]!)

for (let line = 0; ; line++) {
  const bytes = Buffer.from(`${JSON.stringify({ line, padding: PADDING })}\n`)
  file.writeLine(bytes, bytes.length)
  if (line % 1000 === 999) {
    file.flush()
    // Two flushes are always on their way, so that a kill finds the disk at work.
    if (file.backlogBytes > 400_000) await file.drained()
  }
  if (line === 20_000) process.stdout.write('well under way\n')
}
