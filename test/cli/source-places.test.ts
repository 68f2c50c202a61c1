/** Stack traces of a bundle, in places of its sources. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { withSourcePlaces } from '../../src/cli/source-places.ts'
import { folderOf } from '../scenario/scenario-files.ts'

it('are those of the sources where there is a map, and stay where there is none', () => {
  const folder = folderOf({ 'keep.txt': '' })
  const bundle = join(folder, 'dist.js')
  // Line 1 of the bundle is line 3 of the source, its column 1 there as well.
  const map = { version: 3, sources: ['src/a.ts'], names: [], mappings: 'AAEA' }
  writeFileSync(`${bundle}.map`, JSON.stringify(map))
  const url = pathToFileURL(bundle).href
  const stack = `Error: oh\n    at work (${url}:1:1)\n    at ${url}x:2:3\n    at node:internal/main:1:2`
  expect(withSourcePlaces(stack)).toBe(
    `Error: oh\n    at work (${join(folder, 'src/a.ts')}:3:1)\n    at ${url}x:2:3\n    at node:internal/main:1:2`,
  )
})
