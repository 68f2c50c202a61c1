/** The kinds of model, by name: one file and one line here each. */
import { Registry } from '../../core/index.ts'
import { linearKind } from '../linear/linear-model.ts'
import { linearQKind } from '../linear-q/linear-q-model.ts'
import { networkKind } from '../networks/network-model.ts'
import { tabularKind } from '../tabular/tabular-kind.ts'
import type { ModelKind } from './model.ts'

export const modelKinds = new Registry<ModelKind>('kind of model', [
  tabularKind,
  linearKind,
  linearQKind,
  networkKind,
])
