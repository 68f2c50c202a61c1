import { expect, it } from 'vitest'
import { SERVICES } from '../../../src/scenario/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

it.each(SERVICES)('%s says who it is and how it does, to everybody', (service) => {
  const driver = new ShopDriver()
  const get = (path: string) => driver.send({ method: 'GET', service, path: `/actuator/${path}` })
  expect(bodyOf(get('info')).app).toEqual({ name: service, instance: `${service}-1` })
  for (const name of bodyOf(get('metrics')).names as string[]) {
    expect(get(`metrics/${name}`)).toMatchObject({ status: 200, body: { name } })
  }
  const { workers } = driver.hostOf(service).replica
  const measurements = [{ statistic: 'VALUE', value: workers }]
  expect(bodyOf(get('metrics/system.cpu.count')).measurements).toEqual(measurements)
  for (const name of ['no.such.metric', 'constructor']) expect(get(`metrics/${name}`).status).toBe(404)
})
