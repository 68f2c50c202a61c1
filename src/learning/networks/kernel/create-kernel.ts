/** Which kernel a network runs on. */
import type { Kernel } from './kernel.ts'
import { PlainKernel } from './plain-kernel.ts'
import { SimdKernel } from './simd-kernel.ts'

/**
 * A kernel with a memory of its own.
 *
 * @param kind by default SIMD, or plain where WebAssembly cannot run that
 */
export function createKernel(kind: Kernel['name'] = SimdKernel.supported ? 'simd' : 'plain'): Kernel {
  return kind === 'simd' ? new SimdKernel() : new PlainKernel()
}
