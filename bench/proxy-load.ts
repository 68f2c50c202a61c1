/** Load for a proxy where there is no wrk: 32 connections without a pause, for so many seconds; prints how many answers came. */
import { HttpClient } from '../src/worlds/index.ts'

const CONNECTIONS = 32
const [url, seconds] = process.argv.slice(2) as [string, string]

const client = new HttpClient(new URL(url).origin, CONNECTIONS)
const end = performance.now() + Number(seconds) * 1000
let answers = 0
let failures = 0
const ask = (done: () => void): void => {
  client.send({ method: 'GET', path: '/', headers: [] }, ({ status }) => {
    if (status === 200) answers++
    else failures++
    if (performance.now() < end) ask(done)
    else done()
  })
}
await Promise.all(Array.from({ length: CONNECTIONS }, () => new Promise<void>((done) => ask(done))))
await client.close()
if (failures > 0) throw new Error(`${failures} requests failed`)
console.log(`${answers} requests in all`)
