/**
 * The arithmetic of small networks in 128-bit SIMD: AssemblyScript, compiled by `npm run build:kernel` into the text that
 * `src/learning/networks/kernel/kernel-module.ts` carries.
 *
 * All matrices are 32-bit floats, row-major, one row behind the other, and rows and columns are multiples of 4, padded
 * with zeros; so there are no tails. Arguments are byte addresses in the one linear memory; whoever calls allocates.
 * Sums run in one fixed order and there is no fused multiply-add, so every machine gives the same bits.
 */

/**
 * c = a b (+ bias) (then ReLU): a [rows x depth] with any strides, so that it may be a transposed matrix;
 * b [depth x columns], c [rows x columns].
 *
 * @param aRow @param aColumn bytes from one row, and from one column, of `a` to the next
 * @param bias address of [columns], 0: none
 */
export function gemm(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  c: usize,
  rows: usize,
  columns: usize,
  depth: usize,
  bias: usize,
  relu: bool,
): void {
  const width: usize = columns << 2
  const zero = f32x4.splat(0)
  let j: usize = 0
  // Tiles of 4 x 8 keep eight sums in registers; a column of tiles shares a panel of b that stays in the cache.
  for (; j + 8 <= columns; j += 8) {
    const bias0 = bias ? v128.load(bias + (j << 2)) : zero
    const bias1 = bias ? v128.load(bias + (j << 2), 16) : zero
    for (let i: usize = 0; i < rows; i += 4) {
      let a0 = a + i * aRow
      let a1 = a0 + aRow
      let a2 = a1 + aRow
      let a3 = a2 + aRow
      let from = b + (j << 2)
      let c00 = bias0
      let c01 = bias1
      let c10 = bias0
      let c11 = bias1
      let c20 = bias0
      let c21 = bias1
      let c30 = bias0
      let c31 = bias1
      for (let p: usize = 0; p < depth; p++) {
        const b0 = v128.load(from)
        const b1 = v128.load(from, 16)
        let x = v128.load_splat<f32>(a0)
        c00 = f32x4.add(c00, f32x4.mul(x, b0))
        c01 = f32x4.add(c01, f32x4.mul(x, b1))
        x = v128.load_splat<f32>(a1)
        c10 = f32x4.add(c10, f32x4.mul(x, b0))
        c11 = f32x4.add(c11, f32x4.mul(x, b1))
        x = v128.load_splat<f32>(a2)
        c20 = f32x4.add(c20, f32x4.mul(x, b0))
        c21 = f32x4.add(c21, f32x4.mul(x, b1))
        x = v128.load_splat<f32>(a3)
        c30 = f32x4.add(c30, f32x4.mul(x, b0))
        c31 = f32x4.add(c31, f32x4.mul(x, b1))
        a0 += aColumn
        a1 += aColumn
        a2 += aColumn
        a3 += aColumn
        from += width
      }
      if (relu) {
        c00 = f32x4.max(c00, zero)
        c01 = f32x4.max(c01, zero)
        c10 = f32x4.max(c10, zero)
        c11 = f32x4.max(c11, zero)
        c20 = f32x4.max(c20, zero)
        c21 = f32x4.max(c21, zero)
        c30 = f32x4.max(c30, zero)
        c31 = f32x4.max(c31, zero)
      }
      let to = c + i * width + (j << 2)
      v128.store(to, c00)
      v128.store(to, c01, 16)
      to += width
      v128.store(to, c10)
      v128.store(to, c11, 16)
      to += width
      v128.store(to, c20)
      v128.store(to, c21, 16)
      to += width
      v128.store(to, c30)
      v128.store(to, c31, 16)
    }
  }
  if (j < columns) lastColumns(a, aRow, aColumn, b, c, rows, columns, depth, bias, relu)
}

/** The last four columns of a product whose number of columns is no multiple of 8. */
function lastColumns(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  c: usize,
  rows: usize,
  columns: usize,
  depth: usize,
  bias: usize,
  relu: bool,
): void {
  const width: usize = columns << 2
  const last: usize = width - 16
  const zero = f32x4.splat(0)
  const bias0 = bias ? v128.load(bias + last) : zero
  for (let i: usize = 0; i < rows; i += 4) {
    let a0 = a + i * aRow
    let a1 = a0 + aRow
    let a2 = a1 + aRow
    let a3 = a2 + aRow
    let from = b + last
    let c0 = bias0
    let c1 = bias0
    let c2 = bias0
    let c3 = bias0
    for (let p: usize = 0; p < depth; p++) {
      const b0 = v128.load(from)
      c0 = f32x4.add(c0, f32x4.mul(v128.load_splat<f32>(a0), b0))
      c1 = f32x4.add(c1, f32x4.mul(v128.load_splat<f32>(a1), b0))
      c2 = f32x4.add(c2, f32x4.mul(v128.load_splat<f32>(a2), b0))
      c3 = f32x4.add(c3, f32x4.mul(v128.load_splat<f32>(a3), b0))
      a0 += aColumn
      a1 += aColumn
      a2 += aColumn
      a3 += aColumn
      from += width
    }
    if (relu) {
      c0 = f32x4.max(c0, zero)
      c1 = f32x4.max(c1, zero)
      c2 = f32x4.max(c2, zero)
      c3 = f32x4.max(c3, zero)
    }
    let to = c + i * width + last
    v128.store(to, c0)
    to += width
    v128.store(to, c1)
    to += width
    v128.store(to, c2)
    to += width
    v128.store(to, c3)
  }
}

/** to [columns x rows] = from [rows x columns] transposed, in squares of 4 x 4. */
export function transpose(from: usize, to: usize, rows: usize, columns: usize): void {
  const width: usize = columns << 2
  const height: usize = rows << 2
  for (let i: usize = 0; i < rows; i += 4) {
    for (let j: usize = 0; j < columns; j += 4) {
      let at = from + i * width + (j << 2)
      const r0 = v128.load(at)
      const r1 = v128.load(at + width)
      at += width << 1
      const r2 = v128.load(at)
      const r3 = v128.load(at + width)
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      let out = to + j * height + (i << 2)
      v128.store(out, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
      out += height
      v128.store(out, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
      out += height
      v128.store(out, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
      out += height
      v128.store(out, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
    }
  }
}

/** to [columns] = sums over the rows of `from` [rows x columns]. */
export function columnSums(from: usize, to: usize, rows: usize, columns: usize): void {
  const width: usize = columns << 2
  for (let j: usize = 0; j < width; j += 16) {
    let sum = f32x4.splat(0)
    let at = from + j
    for (let i: usize = 0; i < rows; i++) {
      sum = f32x4.add(sum, v128.load(at))
      at += width
    }
    v128.store(to + j, sum)
  }
}

/** gradients [length] = factor x gradients where the activation is above 0, else 0: the way back through ReLU. */
export function reluMask(activations: usize, gradients: usize, length: usize, factor: f32): void {
  const bytes: usize = length << 2
  const zero = f32x4.splat(0)
  const by = f32x4.splat(factor)
  for (let k: usize = 0; k < bytes; k += 16) {
    const passes = f32x4.gt(v128.load(activations + k), zero)
    v128.store(gradients + k, v128.and(f32x4.mul(v128.load(gradients + k), by), passes))
  }
}

/** Sum of the squares of [length], in four lanes. */
export function sumOfSquares(from: usize, length: usize): f32 {
  const bytes: usize = length << 2
  let sum = f32x4.splat(0)
  for (let k: usize = 0; k < bytes; k += 16) {
    const x = v128.load(from + k)
    sum = f32x4.add(sum, f32x4.mul(x, x))
  }
  const low = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1)
  return low + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
}

/**
 * One step of Adam on [length] parameters; g is a gradient times `scale`:
 *
 *     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,  w = w - rate m / (sqrt(v) correction + epsilon)
 *
 * @param rate learning rate / (1 - beta1^t)
 * @param correction 1 / sqrt(1 - beta2^t)
 */
export function adam(
  parameters: usize,
  gradients: usize,
  means: usize,
  squares: usize,
  length: usize,
  scale: f32,
  rate: f32,
  correction: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): void {
  const bytes: usize = length << 2
  const keep1 = f32x4.splat(beta1)
  const take1 = f32x4.splat(1 - beta1)
  const keep2 = f32x4.splat(beta2)
  const take2 = f32x4.splat(1 - beta2)
  const scales = f32x4.splat(scale)
  const rates = f32x4.splat(rate)
  const corrections = f32x4.splat(correction)
  const epsilons = f32x4.splat(epsilon)
  for (let k: usize = 0; k < bytes; k += 16) {
    const g = f32x4.mul(v128.load(gradients + k), scales)
    const m = f32x4.add(f32x4.mul(v128.load(means + k), keep1), f32x4.mul(g, take1))
    const v = f32x4.add(f32x4.mul(v128.load(squares + k), keep2), f32x4.mul(f32x4.mul(g, g), take2))
    const step = f32x4.div(f32x4.mul(m, rates), f32x4.add(f32x4.mul(f32x4.sqrt(v), corrections), epsilons))
    v128.store(means + k, m)
    v128.store(squares + k, v)
    v128.store(parameters + k, f32x4.sub(v128.load(parameters + k), step))
  }
}
