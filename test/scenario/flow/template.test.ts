import fc from 'fast-check'
import { expect, it } from 'vitest'
import { templateParts, variablesIn } from '../../../src/scenario/index.ts'

it('takes a text apart at its variables', () => {
  expect(templateParts(`/items/\${sku}?n=\${ n }`)).toEqual([
    '/items/',
    { variable: 'sku' },
    '?n=',
    { variable: 'n' },
  ])
  expect(templateParts(`\${a}\${b}`)).toEqual([{ variable: 'a' }, { variable: 'b' }])
  expect(templateParts('')).toEqual([])
})

it('leaves an escaped opening and lone signs as they are', () => {
  expect(templateParts(`$\${a} costs $5 {b}`)).toEqual([`\${a} costs $5 {b}`])
  expect(templateParts(`$$\${a}`)).toEqual([`$\${a}`])
})

it('gives a text without an opening back as it was', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes(`\${`))
      expect(templateParts(text).join('')).toBe(text)
    }),
  )
})

it('finds variables in all texts of a value, not in its keys', () => {
  expect(variablesIn(Object.fromEntries([[`\${no}`, [`\${a}`, { deep: `x\${b}` }, 3, null]]]))).toEqual([
    'a',
    'b',
  ])
})
