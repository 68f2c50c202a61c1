/** A Redis of its own for a test: a real server on a port that the system picks, with nothing on the disk. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { folderOf } from '../../scenario/scenario-files.ts'

export const redisIsThere = isThere('redis-server')
if (!redisIsThere) console.warn('redis-server is not installed: distributed runs are NOT tested')

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export class RedisServer {
  readonly #server: ChildProcess
  readonly url: string

  private constructor(server: ChildProcess, port: number) {
    this.#server = server
    process.once('exit', () => server.kill('SIGKILL'))
    this.url = `redis://127.0.0.1:${port}`
  }

  static async start(): Promise<RedisServer> {
    const port = await freePort()
    const server = spawn(
      'redis-server',
      [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        folderOf({ 'keep.txt': '' }),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.once('exit', () => reject(new Error('redis-server ended at once')))
      server.stdout!.on('data', (text: Buffer) => {
        if (text.includes('Ready to accept connections')) resolve()
      })
    })
    return new RedisServer(server, port)
  }

  /** As if the machine had lost its power. */
  async kill(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return
    const gone = new Promise((resolve) => this.#server.once('exit', resolve))
    this.#server.kill('SIGKILL')
    await gone
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
