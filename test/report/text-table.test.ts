import { describe, expect, it } from 'vitest'
import { createStyle } from '../../src/report/style.ts'
import { columns, textTable } from '../../src/report/text-table.ts'

const plain = createStyle(false)

describe('textTable', () => {
  it('aligns texts on the left and numbers on the right', () => {
    const table = textTable(
      columns(['name'], ['count']),
      [
        ['a', '1'],
        ['longer', '12,345'],
      ],
      plain,
    )
    expect(table).toEqual(['  name     count', '  a            1', '  longer  12,345'])
  })

  it('has no header line without titles, and no lines without rows', () => {
    expect(textTable(columns([''], ['']), [['a', '1']], plain)).toEqual(['  a  1'])
    expect(textTable(columns([''], ['']), [], plain)).toEqual([])
  })

  it('does not count colour as width', () => {
    const { bad } = createStyle(true)
    const [, first, second] = textTable(
      columns(['a'], ['b']),
      [
        [bad('x'), '1'],
        ['yy', '2'],
      ],
      plain,
    )
    expect(first).toBe(`  ${bad('x')}   1`)
    expect(second).toBe('  yy  2')
  })
})
