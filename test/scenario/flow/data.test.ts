import { describe, expect, it } from 'vitest'
import { csvRows } from '../../../src/scenario/flow/csv-rows.ts'
import { type FlowBehavior, loadScenario } from '../../../src/scenario/index.ts'
import { folderOf, messageOf, vocabulary } from '../scenario-files.ts'
import { flowFile } from './flow-files.ts'

/** The flow of a scenario with this data, and files beside it. */
function load(data: string, files: Readonly<Record<string, string>> = {}): FlowBehavior {
  const scenario = flowFile(`- { name: a, get: "/\${word}" }`).replace(
    '    requests:',
    `    data: ${data}\n    requests:`,
  )
  const folder = folderOf({ ...files, 's.yaml': scenario })
  return loadScenario(`${folder}/s.yaml`, { vocabulary }).scenario.behaviors.smoke as FlowBehavior
}

describe('the data of a flow', () => {
  it('are rows of the scenario', () => {
    expect(load('{ rows: [{ word: a, n: 1 }, { n: 2, word: b }] }').data).toEqual({
      order: 'sequential',
      columns: ['word', 'n'],
      rows: [
        ['a', 1],
        ['b', 2],
      ],
    })
  })

  it('are a CSV file, whose fields are texts', () => {
    const csv = '\ufeffword, "n"\r\n"a,""b""",1\n\n"two\nlines",\n'
    expect(
      load('{ file: words.csv, order: shuffled }', { 'words.csv': csv.replace(' "n"', 'n') }).data,
    ).toEqual({
      order: 'shuffled',
      columns: ['word', 'n'],
      rows: [
        ['a,"b"', '1'],
        ['two\nlines', ''],
      ],
    })
  })

  it('are a JSON file', () => {
    const json = '[{ "word": "a", "hot": true }, { "word": null, "hot": false }]'
    expect(load('{ file: data/words.json }', { 'data/words.json': json }).data!.rows).toEqual([
      ['a', true],
      [null, false],
    ])
  })

  it.each([
    ['{}', {}, 'data: expected rows or a file, got neither'],
    ['{ rows: [{ word: a }], file: b.csv }', {}, 'data.file: expected either rows or a file, got both'],
    ['{ rows: [{ word: a }, { wrod: b }] }', {}, 'expected the columns word in every row, got wrod in row 2'],
    ['{ rows: [{ user: a }] }', {}, '"user" is built in: choose another name for the column'],
    ['{ file: none.csv }', {}, 'none.csv: cannot be read (ENOENT): correct the path'],
    ['{ file: a.txt }', { 'a.txt': 'x' }, 'a.txt: expected a file that ends in .csv or .json'],
    ['{ file: a.csv }', { 'a.csv': 'word,n\na\n' }, 'a.csv: expected 2 fields in every row, got 1 in row 1'],
    ['{ file: a.csv }', { 'a.csv': 'word\n"a\n' }, 'a.csv: a field in quotes never ends: close it'],
    ['{ file: a.csv }', { 'a.csv': '' }, 'a.csv: expected at least one row with a column, got none'],
    [
      '{ file: a.json }',
      { 'a.json': '[[1]]' },
      'a.json: expected a list of maps of texts, numbers, true, false and null',
    ],
    ['{ file: a.json }', { 'a.json': '{' }, 'a.json: is no JSON'],
    ['{ rows: [{ word: a }], order: shufled }', {}, '(did you mean "shuffled"?)'],
  ])('%s is refused', (data, files, complaint) => {
    const message = messageOf(() => load(data, files as Record<string, string>))
    expect(message).toContain(complaint)
  })
})

it.each([
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r\n1,\r\n',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  ['a,', [['a', '']]],
  ['"","x""y"', [['', 'x"y']]],
  ['', []],
])('the CSV %j has the rows %j', (text, rows) => {
  expect(csvRows(text)).toEqual(rows)
})
