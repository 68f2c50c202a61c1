import { expect, it } from 'vitest'
import { z } from 'zod'
import { unusedFields } from '../../../src/scenario/dialects/unused-fields.ts'
import { jsonSchemaOf } from '../../../src/scenario/wording.ts'

const schema = jsonSchemaOf(
  z.looseObject({
    known: z.number(),
    list: z.array(z.looseObject({ x: z.number() })),
    byName: z.record(z.string(), z.looseObject({ x: z.number() })),
    anything: z.unknown(),
  }),
)

it('finds the outermost unknown fields, with indices and names collapsed', () => {
  const value = {
    known: 1,
    odd: { deep: { er: 1 } },
    list: [{ x: 1 }, { x: 2, y: 3 }],
    byName: { a: { x: 1, z: 1 }, b: { z: 2 } },
    anything: { goes: 1 },
  }
  expect([...new Set(unusedFields(schema, value, 'root'))]).toEqual([
    'root.odd',
    'root.list[*].y',
    'root.byName.*.z',
  ])
})

it('leaves values of the wrong type to validation', () => {
  expect(unusedFields(schema, { known: { x: 1 }, list: 5, byName: null }, 'root')).toEqual([])
  expect(unusedFields(schema, 'text', 'root')).toEqual([])
})
