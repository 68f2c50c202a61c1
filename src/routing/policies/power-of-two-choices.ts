/**
 * Power of two choices on requests in flight (Mitzenmacher 2001; Finagle's P2CPick): power of d choices with d = 2,
 * under its usual name. A tie keeps the first draw.
 */
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { PowerOfDChoices } from './power-of-d-choices.ts'

export const powerOfTwoChoices: PolicyDeclaration = {
  name: 'power-of-two-choices',
  summary: 'the fewer requests in flight of two drawn at random',
  parameters: [],
  wraps: 0,
  create: (id) => new PowerOfDChoices(id, 2),
}
