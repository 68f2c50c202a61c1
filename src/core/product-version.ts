/** Which version of this program is running. `src/core` and `dist/core` are equally deep below `package.json`. */
import { readFileSync } from 'node:fs'

export const PRODUCT_VERSION: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version
