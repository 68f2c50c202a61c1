/**
 * The predecessor's names for ways to route, and the policies that they stand for here.
 *
 * `rl-agent` is what the balancer was told that it is, or else the model that a service uses. Without one it is
 * refused: nothing stands in for a learned router unseen. Texts of our own policies are taken too.
 */
import type { BalancerControl } from '../control.ts'
import { usesModel } from '../uses-model.ts'
import { Refusal } from './route.ts'
import { switchPolicies } from './switch-policy.ts'

const ROUND_ROBIN = 'round-robin'
const LEAST_CONNECTIONS = 'least-connections'
const RL_AGENT = 'rl-agent'
/** What the predecessor calls the same. */
const RL_BASED = 'rl-based'
const LEAST_OUTSTANDING = 'least-outstanding'

export class Algorithms {
  readonly #control: BalancerControl
  #rlAgent: string | undefined

  /** @param rlAgent text of the policy that `rl-agent` stands for */
  constructor(control: BalancerControl, rlAgent: string | undefined) {
    this.#control = control
    this.#rlAgent = rlAgent
    this.#rememberModel()
  }

  /** Those that can be switched to. */
  get names(): string[] {
    this.#rememberModel()
    const learned = this.#rlAgent === undefined ? [] : [RL_AGENT]
    return [...learned, ROUND_ROBIN, LEAST_CONNECTIONS]
  }

  /** What decides now: of several policies the texts, one by one. */
  get current(): string {
    return [...new Set(this.#control.services.map(({ policy }) => this.nameOf(policy)))].join(', ')
  }

  /** @throws Refusal for `rl-agent` if there is no model */
  textOf(name: string): string {
    this.#rememberModel()
    if (name === LEAST_CONNECTIONS) return LEAST_OUTSTANDING
    if (name !== RL_AGENT && name !== RL_BASED) return name
    if (this.#rlAgent !== undefined) return this.#rlAgent
    throw new Refusal(
      409,
      `algorithm ${name}: no service uses a model: configure one as its policy ("model:<directory>"), ` +
        `or switch to ${ROUND_ROBIN} or ${LEAST_CONNECTIONS}`,
    )
  }

  nameOf(text: string): string {
    if (text === this.#rlAgent) return RL_AGENT
    return text === LEAST_OUTSTANDING ? LEAST_CONNECTIONS : text
  }

  /** @throws Refusal, or LoadgenError for a text that is no policy's: then nothing has changed */
  switchTo(name: string): void {
    switchPolicies(this.#control.services, this.textOf(name))
  }

  #rememberModel(): void {
    this.#rlAgent ??= this.#control.services.find(({ policy }) => usesModel(policy))?.policy
  }
}
