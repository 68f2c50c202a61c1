/**
 * Requests per CPU-second of a proxy: our balancer against nginx and HAProxy, each with one worker, in turns in the same
 * run. Proxy on core 0, load and three Node upstreams with bodies of 1 KB on core 1; 32 connections kept alive on both
 * sides, no access log. With them runs the barest proxy of `node:http` and undici: it says how far Node goes here. CPU is
 * that of the whole process, from /proc. What is missing is said and left out.
 */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BenchRow } from './bench-row.ts'
import { freePort } from './free-port.ts'
import { mediansInTurns } from './in-turns.ts'

const CONNECTIONS = 32
const SECONDS = 3
/** Of /proc/PID/stat on Linux. */
const TICKS_PER_SECOND = 100
const LAUNCHER = fileURLToPath(new URL('../bin/loadgen', import.meta.url))

export async function run(): Promise<BenchRow[]> {
  if (!has('taskset')) {
    console.warn('proxy: no taskset here: not measured (install util-linux)')
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  const upstreams = fork(fileURLToPath(new URL('proxy-upstreams.ts', import.meta.url)), [], {
    execPath: 'taskset',
    execArgv: ['-c', '1', process.execPath, '--import', 'tsx'],
  })
  const proxies: Proxy[] = []
  try {
    const [ports] = (await once(upstreams, 'message')) as [number[]]
    for (const kind of kinds()) proxies.push(await kind.start(ports, join(folder, kind.name)))
    return await compare(proxies)
  } finally {
    for (const { child } of proxies) child.kill('SIGKILL')
    upstreams.disconnect()
    rmSync(folder, { recursive: true })
  }
}

interface Proxy {
  readonly name: string
  readonly url: string
  readonly child: ChildProcess
}

interface Kind {
  readonly name: string
  start(upstreams: readonly number[], folder: string): Promise<Proxy>
}

async function compare(proxies: readonly Proxy[]): Promise<BenchRow[]> {
  const rates = await mediansInTurns(proxies.map((proxy) => () => requestsPerCpuSecond(proxy)))
  const [first] = proxies
  return proxies.map(({ name }, i) => ({
    name: `proxy, ${name}`,
    value: rates[i]!,
    unit: 'requests/CPU-second',
    baseline: { name: first!.name, value: rates[0]! },
    ratio: rates[i]! / rates[0]!,
  }))
}

async function requestsPerCpuSecond({ url, child }: Proxy): Promise<number> {
  const before = cpuSeconds(child.pid!)
  const requests = await load(url)
  return requests / (cpuSeconds(child.pid!) - before)
}

/** User and system time of a process and of all its threads. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

async function load(url: string): Promise<number> {
  const own = [
    process.execPath,
    '--import',
    'tsx',
    fileURLToPath(new URL('proxy-load.ts', import.meta.url)),
    url,
  ]
  const wrk = ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, url]
  const command = has('wrk') ? wrk : [...own, String(SECONDS)]
  const child = spawn('taskset', ['-c', '1', ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout!.on('data', (data) => (text += String(data)))
  await once(child, 'close')
  const errors = /Non-2xx|Socket errors/.exec(text)
  if (errors !== null) throw new Error(`${url}: ${text}`)
  return Number(/(\d+) requests in/.exec(text)![1])
}

function kinds(): Kind[] {
  const all = [
    nginx,
    haproxy,
    bare,
    balancer('our balancer, round-robin', false),
    balancer('the same, recording', true),
  ]
  return all.filter(({ name }) => {
    const missing = (name === 'nginx' || name === 'haproxy') && !has(name)
    if (missing) console.warn(`proxy: no ${name} here: measured without it`)
    return !missing
  })
}

const nginx: Kind = {
  name: 'nginx',
  start: async (upstreams, folder) => {
    const port = await freePort()
    const config = `
      daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
      events { worker_connections 1024; }
      http {
        access_log off; keepalive_requests 1000000000;
        client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
        uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
        upstream all { ${upstreams.map((at) => `server 127.0.0.1:${at};`).join(' ')} keepalive 64; keepalive_requests 1000000000; }
        server {
          listen 127.0.0.1:${port};
          location / { proxy_pass http://all; proxy_http_version 1.1; proxy_set_header Connection ""; }
        }
      }`
    return started('nginx', port, ['nginx', '-p', folder, '-c', write(folder, 'nginx.conf', config)])
  },
}

const haproxy: Kind = {
  name: 'haproxy',
  start: async (upstreams, folder) => {
    const port = await freePort()
    const config = [
      'global\n  nbthread 1\n  maxconn 1024',
      'defaults\n  mode http\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n  http-reuse always',
      `listen all\n  bind 127.0.0.1:${port}\n  balance roundrobin`,
      ...upstreams.map((at) => `  server s${at} 127.0.0.1:${at}`),
      '',
    ].join('\n')
    return started('haproxy', port, ['haproxy', '-db', '-f', write(folder, 'haproxy.cfg', config)])
  },
}

const bare: Kind = {
  name: 'bare node:http and undici dispatch',
  start: async (upstreams) => {
    const port = await freePort()
    const file = fileURLToPath(new URL('proxy-bare.ts', import.meta.url))
    const args = ['--import', 'tsx', file, String(port), ...upstreams.map(String)]
    return started(bare.name, port, [process.execPath, ...args])
  },
}

function balancer(name: string, recording: boolean): Kind {
  return {
    name,
    start: async (upstreams, folder) => {
      const port = await freePort()
      const config = {
        listen: `127.0.0.1:${port}`,
        admin: null,
        policy: 'round-robin',
        services: {
          demo: {
            match: { path: '/' },
            instances: upstreams.map((at) => ({ url: `http://127.0.0.1:${at}` })),
          },
        },
        ...(recording ? { recording: { directory: join(folder, 'records') } } : {}),
      }
      const file = write(folder, 'balancer.json', JSON.stringify(config))
      return started(name, port, [process.execPath, LAUNCHER, 'balancer', '--config', file])
    },
  }
}

function write(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

async function started(name: string, port: number, command: readonly string[]): Promise<Proxy> {
  const child = spawn('taskset', ['-c', '0', ...command], { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr!.on('data', (data) => (complaints += String(data)))
  const url = `http://127.0.0.1:${port}/`
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) break
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return { name, url, child }
    await delay(50)
  }
  throw new Error(`${name} did not start: ${complaints}`)
}

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
