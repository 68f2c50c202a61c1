/**
 * A stack trace in places of the sources instead of places of the bundle. Only for errors that are our own mistakes:
 * Node would do so for all (`--enable-source-maps`), but reads every map at the start, which short runs would wait for.
 */
import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A place of which there is no map, as in an installed package, stays as it is. */
export function withSourcePlaces(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>()
  return stack.replaceAll(/(file:\/\/[^\s()]+):(\d+):(\d+)/g, (place, url: string, line, column) => {
    const file = fileURLToPath(url)
    if (!maps.has(file)) maps.set(file, mapOf(file))
    // Lines and columns count from 1 in a stack, and from 0 in a map.
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1)
    if (entry === undefined || !('originalSource' in entry)) return place
    const source = resolve(dirname(file), entry.originalSource)
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  })
}

function mapOf(file: string): SourceMap | undefined {
  const map = `${file}.map`
  return existsSync(map) ? new SourceMap(JSON.parse(readFileSync(map, 'utf8'))) : undefined
}
