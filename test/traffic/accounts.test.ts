import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Account, Accounts } from '../../src/traffic/index.ts'

it('gives distinct customers that a shop accepts, unknown to it at first', () => {
  const accounts = new Accounts(3, 'run7')
  const taken = [accounts.take()!, accounts.take()!, accounts.take()!]
  const { number, email, password, firstName, lastName, phoneNumber, registered } = taken[0]!
  expect({ number, email, password, firstName, lastName, phoneNumber, registered }).toEqual({
    number: 1,
    email: 'customer-run7-1@shop.example',
    password: 'Shopping-1!',
    firstName: 'Customer',
    lastName: 'Number1',
    phoneNumber: '+15550000001',
    registered: false,
  })
  expect(new Set(taken.map(({ email }) => email)).size).toBe(3)
  expect(accounts.take()).toBeUndefined()
})

it('gives the one that has been idle longest', () => {
  const accounts = new Accounts(3, 'x')
  const [first, second] = [accounts.take()!, accounts.take()!]
  accounts.giveBack(second)
  accounts.giveBack(first)
  expect([accounts.take(), accounts.take(), accounts.take()].map((account) => account!.number)).toEqual([
    3, 2, 1,
  ])
})

it('never gives the same account to two sessions at once, nor loses one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.array(fc.tuple(fc.boolean(), fc.nat(3000)), { maxLength: 60 }),
      (count, moves) => {
        const accounts = new Accounts(count, 'x')
        const out: Account[] = []
        for (const [takes, many] of moves) {
          for (let i = 0; i < many; i++) {
            if (takes) {
              const account = accounts.take()
              expect(account === undefined).toBe(out.length === count)
              if (account !== undefined) out.push(account)
            } else if (out.length > 0) accounts.giveBack(out.shift()!)
          }
          expect(new Set(out).size).toBe(out.length)
        }
      },
    ),
    { numRuns: 30 },
  )
})
