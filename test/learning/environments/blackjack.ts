/**
 * Blackjack (Sutton & Barto, 2e, example 5.1): an infinite deck, a dealer that stands on 17, one card of which is seen; a
 * natural pays no more than any other win.
 */
import type { DecisionProcess, Outcome } from './decision-process.ts'

export const STICK = 0
export const HIT = 1

/** Card values, the ace as 1, and how often each is among 13. */
const CARDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((card) => [card, card === 10 ? 4 : 1] as const)

interface Hand {
  /** From 4 to 21. */
  readonly sum: number
  /** Whether an ace counts 11 in it. */
  readonly soft: boolean
}

/** The state of a hand against a card of the dealer's, from 1 for an ace to 10. */
export function blackjackState({ sum, soft }: Hand, dealer: number): number {
  return ((sum - 4) * 2 + (soft ? 1 : 0)) * 10 + dealer - 1
}

export function blackjack(): DecisionProcess {
  const states = 18 * 2 * 10
  const wins = CARDS.map(([card]) => dealerEnds(deal([card])))
  return {
    states,
    actions: 2,
    starts: startsOf(),
    legal: (state) => (isHand(handOf(state)) ? [STICK, HIT] : []),
    outcomes: (state, action) => {
      const hand = handOf(state)
      const dealer = (state % 10) + 1
      if (action === HIT) return CARDS.map(([card, count]) => draw(hand, card, count / 13, dealer))
      let reward = 0
      for (const [sum, share] of wins[dealer - 1]!)
        reward += share * Math.sign(hand.sum - (sum > 21 ? 0 : sum))
      return [{ share: 1, reward, next: state, ends: true }]
    },
  }
}

function handOf(state: number): Hand {
  return { sum: Math.floor(state / 20) + 4, soft: Math.floor(state / 10) % 2 === 1 }
}

function isHand({ sum, soft }: Hand): boolean {
  return !soft || sum >= 12
}

function draw(hand: Hand, card: number, share: number, dealer: number): Outcome {
  const { sum, soft } = add(hand, card)
  if (sum > 21) return { share, reward: -1, next: 0, ends: true }
  return { share, reward: 0, next: blackjackState({ sum, soft }, dealer), ends: false }
}

function deal(cards: readonly number[]): Hand {
  return cards.reduce<Hand>((hand, card) => add(hand, card), { sum: 0, soft: false })
}

/** The hand with another card; its sum is above 21 if that was too much. */
function add({ sum, soft }: Hand, card: number): Hand {
  const asEleven = card === 1 && sum + 11 <= 21
  const total = sum + (asEleven ? 11 : card)
  const anySoft = soft || asEleven
  return total > 21 && anySoft ? { sum: total - 10, soft: false } : { sum: total, soft: anySoft }
}

/** The sums with which the dealer ends, above 21 if over, and how probable each is. */
function dealerEnds(hand: Hand): Map<number, number> {
  if (hand.sum >= 17) return new Map([[hand.sum, 1]])
  const ends = new Map<number, number>()
  for (const [card, count] of CARDS) {
    for (const [sum, share] of dealerEnds(add(hand, card))) {
      ends.set(sum, (ends.get(sum) ?? 0) + (share * count) / 13)
    }
  }
  return ends
}

function startsOf(): [number, number][] {
  const starts: [number, number][] = []
  for (const [first, a] of CARDS) {
    for (const [second, b] of CARDS) {
      for (const [dealer, c] of CARDS) {
        starts.push([blackjackState(deal([first, second]), dealer), (a * b * c) / 13 ** 3])
      }
    }
  }
  return starts
}
