import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml, html, NOTHING } from '../../src/report/html.ts'

describe('html', () => {
  it('escapes texts, in elements and in attributes', () => {
    const hostile = `"><script>alert('1')</script>&`
    expect(html`<p title="${hostile}">${hostile}</p>`.source).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
        '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
    )
  })

  it('takes markup as it is, and joins lists', () => {
    expect(html`<ul>${['a<', 'b'].map((text) => html`<li>${text}</li>`)}${NOTHING}</ul>${3}`.source).toBe(
      '<ul><li>a&lt;</li><li>b</li></ul>3',
    )
  })

  it('leaves no character that could end a text or an attribute', () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))))
  })
})
