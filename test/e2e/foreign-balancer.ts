/**
 * Real balancers of others in front of our shop: nginx and HAProxy as Debian packages them, each as a process of its
 * own with a configuration in a temporary folder, on a port that the system has chosen. Without them their tests are
 * skipped, and say so.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningTarget } from '../../src/worlds/index.ts'

export type Upstreams = RunningTarget['replicas']

/** Daemons are where only administrators have a path to. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** Whether a program is there; says aloud if it is not. */
export function isInstalled(program: string): boolean {
  const there = spawnSync(program, ['-v'], { env }).error === undefined
  if (!there) console.warn(`${program} is not installed: its tests are skipped (apt-get install ${program})`)
  return there
}

export interface ReservedPort {
  readonly port: number
  /** Gives it up, to whoever is to have it: at once, before somebody else has it. */
  release(): Promise<void>
}

/** A port that nobody else gets as long as it is not released. */
export async function reservePort(): Promise<ReservedPort> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    release: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export class ForeignBalancer {
  readonly url: string
  readonly #child: ChildProcess
  readonly #name: string
  #said = ''

  constructor(program: string, args: readonly string[], port: number) {
    this.#name = program
    this.url = `http://127.0.0.1:${port}`
    this.#child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (text: Buffer) => (this.#said += text.toString()))
    }
  }

  /** Waits until it names an instance: then it is this one, and it has upstreams. @throws if it ends before */
  async ready(): Promise<this> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`${this.#name} ended: ${this.#said}`)
      const answer = await fetch(`${this.url}/proxy/user-service/actuator/health`).catch(() => undefined)
      if (answer?.headers.has('x-upstream')) return this
      await delay(20)
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    await ended
  }
}

/** @param inLocation what a location has beside the way to its service */
export async function startNginx(
  folder: string,
  port: number,
  upstreams: Upstreams,
  inLocation: string,
): Promise<ForeignBalancer> {
  const services = Object.entries(upstreams)
  const config = `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
worker_rlimit_nofile 4096;
events { worker_connections 1024; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  ${services
    .map(
      ([service, replicas]) => `upstream ${service} {
    ${replicas.map(({ url }) => `server ${new URL(url).host};`).join('\n    ')}
    keepalive 32;
  }`,
    )
    .join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${services
      .map(
        ([service]) => `location /proxy/${service}/ {
      proxy_pass http://${service}/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      ${inLocation}
    }`,
      )
      .join('\n    ')}
  }
}
`
  const file = path.join(folder, 'nginx.conf')
  writeFileSync(file, config)
  const args = ['-c', file, '-p', folder, '-e', path.join(folder, 'error.log')]
  return new ForeignBalancer('nginx', args, port).ready()
}

/** @param inBackend what a backend has beside its servers, each of which has its id for a name and for a cookie */
export async function startHaproxy(
  folder: string,
  port: number,
  upstreams: Upstreams,
  inBackend: string,
): Promise<ForeignBalancer> {
  const services = Object.entries(upstreams)
  const config = `
global
  maxconn 2000
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  retries 3
  option redispatch 1
frontend shop
  bind 127.0.0.1:${port}
  ${services.map(([service]) => `use_backend ${service} if { path_beg /proxy/${service}/ }`).join('\n  ')}
${services
  .map(
    ([service, replicas]) => `backend ${service}
  balance roundrobin
  http-request replace-path /proxy/${service}/(.*) /\\1
${inBackend}
  ${replicas.map(({ id, url }) => `server ${id} ${new URL(url).host} check inter 200ms cookie ${id}`).join('\n  ')}`,
  )
  .join('\n')}
`
  const file = path.join(folder, 'haproxy.cfg')
  writeFileSync(file, config)
  return new ForeignBalancer('haproxy', ['-db', '-f', file], port).ready()
}
