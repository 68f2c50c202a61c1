import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/index.ts'
import { type PolicyText, parsePolicyText } from '../../src/routing/policy-text.ts'

function policy(name: string, parameters: Record<string, string> = {}, ...inner: PolicyText[]): PolicyText {
  return { name, parameters: new Map(Object.entries(parameters)), inner }
}

/** The plainest text of a policy. */
function write({ name, parameters, inner }: PolicyText): string {
  const words = [...inner.map(write), ...[...parameters].map(([key, value]) => `${key}=${value}`)]
  return words.length === 0 ? name : `${name}(${words.join(',')})`
}

describe('parsePolicyText', () => {
  it.each<[string, PolicyText]>([
    ['round-robin', policy('round-robin')],
    ['  round-robin\n', policy('round-robin')],
    ['model:logs/flash sale/model', policy('model:logs/flash sale/model')],
    ['peak-ewma(decaySeconds=5)', policy('peak-ewma', { decaySeconds: '5' })],
    ['a(x=-1.5e3, y=.25)', policy('a', { x: '-1.5e3', y: '.25' })],
    ['epsilon-greedy(random, epsilon=0.2)', policy('epsilon-greedy', { epsilon: '0.2' }, policy('random'))],
    ['epsilon-greedy(epsilon=0.2,random)', policy('epsilon-greedy', { epsilon: '0.2' }, policy('random'))],
    [' a ( b ( c , x = 1 ) , d ) ', policy('a', {}, policy('b', { x: '1' }, policy('c')), policy('d'))],
  ])('%j', (text, expected) => expect(parsePolicyText(text)).toEqual(expected))

  it('reads back whatever is written, with blanks anywhere between the words', () => {
    const name = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', '-', ':', '/') })
    const value = fc.oneof(fc.double({ noNaN: true }).map(String), name)
    const parameters = fc
      .uniqueArray(fc.tuple(name, value), { maxLength: 2, selector: ([key]) => key })
      .map((entries) => new Map(entries))
    const wrapping = (inner: fc.Arbitrary<PolicyText[]>) => fc.record({ name, parameters, inner })
    const leaf = wrapping(fc.constant([]))
    const tree = wrapping(fc.array(wrapping(fc.array(leaf, { maxLength: 2 })), { maxLength: 2 }))
    fc.assert(
      fc.property(tree, (written) => {
        const text = write(written)
        expect(parsePolicyText(text)).toEqual(written)
        expect(parsePolicyText(text.replaceAll(/[(),=]/g, ' $& '))).toEqual(written)
      }),
    )
  })

  it.each([
    ['', 'a policy name at position 1'],
    ['(random)', 'a policy name at position 1'],
    ['a(', 'a policy name at position 3'],
    ['a()', 'a policy name at position 3'],
    ['a(b,)', 'a policy name at position 5'],
    ['a((b))', 'a policy name at position 3'],
    ['a(b', '")" at position 4'],
    ['a(x=1=2)', '")" at position 6'],
    ['a)', 'the end at position 2'],
    ['a, b', 'the end at position 2'],
    ['a=1', 'the end at position 2'],
    ['a(b)c', 'the end at position 5'],
    ['a(b)(c)', 'the end at position 5'],
    ['a(=1)', 'a parameter name at position 3'],
    ['a(x=)', 'a value for x at position 5'],
    ['a(x=1, x=2)', 'x only once at position 8'],
  ])('%j is refused', (text, fault) => {
    expect(() => parsePolicyText(text)).toThrow(
      new UsageError(
        `policy "${text}": expected ${fault}: write for example "epsilon-greedy(power-of-two-choices, epsilon=0.2)"`,
      ),
    )
  })
})
