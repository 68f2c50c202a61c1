import { expect, it } from 'vitest'
import { z } from 'zod'
import { shopperFileSchema } from '../../src/scenario/behavior-schema.ts'
import { flowFileSchema } from '../../src/scenario/flow/flow-schema.ts'
import { scenarioSchema } from '../../src/scenario/scenario-schema.ts'
import { expectedText, gotText, type JsonSchema, jsonSchemaOf } from '../../src/scenario/wording.ts'

it('says what a schema wants', () => {
  const textOf = (schema: z.ZodType) => expectedText(jsonSchemaOf(schema))
  expect(textOf(z.int())).toBe('integer')
  expect(textOf(z.int().min(3))).toBe('integer of at least 3')
  expect(textOf(z.number().gt(0).lt(1))).toBe('number above 0 and below 1')
  expect(textOf(z.number().min(0).max(1))).toBe('number from 0 to 1')
  expect(textOf(z.union([z.enum(['a', 'b']), z.number()]))).toBe('one of "a", "b" or number')
  expect(textOf(z.array(z.string()))).toBe('list')
  expect(textOf(z.strictObject({}))).toBe('map')
})

it('says what was there instead, briefly', () => {
  expect(gotText(undefined)).toBe('nothing')
  expect(gotText('x'.repeat(100))).toHaveLength(62)
  expect(gotText({ a: 1, b: null })).toBe('{a: 1, b: nothing}')
  expect(gotText({ a: {} })).toBe('a map of 1')
  expect(gotText([1, 2, 3, 4, 5])).toBe('a list of 5')
})

it('every field of our files is documented where it is declared', () => {
  const undocumented = (schema: JsonSchema, path: string): string[] => {
    const fields = Object.entries(schema.properties ?? {}) as [string, JsonSchema][]
    const entries = [schema.items, schema.additionalProperties].filter((entry) => typeof entry === 'object')
    return [
      ...fields.filter(([, field]) => !field.description).map(([name]) => `${path}.${name}`),
      ...fields.flatMap(([name, field]) => undocumented(field, `${path}.${name}`)),
      ...entries.flatMap((entry) => undocumented(entry as JsonSchema, `${path}[]`)),
    ]
  }
  expect(undocumented(jsonSchemaOf(scenarioSchema), 'scenario')).toEqual([])
  expect(undocumented(jsonSchemaOf(shopperFileSchema), 'shopper')).toEqual([])
  expect(undocumented(jsonSchemaOf(flowFileSchema), 'flow')).toEqual([])
})
