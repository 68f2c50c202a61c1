/** What the load is sent to, on a core of its own: nginx with one worker and 13 bytes, and a shop that knows one answer. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import { onCore, SERVER_CORE } from './cores.ts'

export interface Server {
  readonly url: string
  readonly name: string
  stop(): Promise<void>
}

/** nginx if there is one, or a server of Node's, which says so. */
export async function plainServer(folder: string): Promise<Server> {
  if (spawnSync('nginx', ['-v']).error === undefined) return startNginx(folder)
  console.error(
    'nginx is not installed: the plain server is a stub in Node, which is slower than what is measured',
  )
  return stubShop()
}

async function startNginx(folder: string): Promise<Server> {
  const port = await freePort()
  const home = join(folder, 'nginx')
  mkdirSync(home)
  const file = join(home, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${home}/pid; error_log ${home}/error.log;
events { worker_connections 16384; }
worker_rlimit_nofile 16384;
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  ${temporary.map((name) => `${name}_temp_path ${home}/${name};`).join(' ')}
  server { listen 127.0.0.1:${port} reuseport backlog=8192; location / { return 200 "Hello, World!"; } }
}
`,
  )
  const args = ['-c', file, '-p', home, '-e', `${home}/error.log`]
  const child = spawn(...onCore(SERVER_CORE, 'nginx', args), { stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}/`
  await answering(url)
  return { url, name: 'nginx', stop: () => stopped(child, 'SIGQUIT') }
}

/** As the shop's balancer answers, but always the same. */
export async function stubShop(): Promise<Server> {
  const file = fileURLToPath(new URL('../stub-shop.ts', import.meta.url))
  const [command, args] = onCore(SERVER_CORE, process.execPath, ['--import', 'tsx', file])
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [origin] = (await once(child, 'message')) as [string]
  return { url: `${origin}/`, name: 'stub shop', stop: () => stopped(child, 'SIGTERM') }
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = child.exitCode === null ? once(child, 'exit') : undefined
  child.kill(signal)
  const patience = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await gone
  clearTimeout(patience)
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const found = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    )
    if (found) return
    await sleep(100)
  }
  throw new Error(`${url} does not answer`)
}
