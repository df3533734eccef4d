import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html, name, trusted } from './html.js'
import { pageHtml } from './page.js'

describe('html', () => {
  it('escapes whatever is put in, and keeps what is HTML already', () => {
    const evil = '<img src=x onerror="alert(1)">'
    assert.equal(
      html`<p title="${evil}">${evil}</p>`.markup,
      '<p title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</p>',
    )
    assert.equal(
      html`<ul>${['a', 'b<'].map((text) => html`<li>${text}</li>`)}</ul>`.markup,
      '<ul><li>a</li><li>b&lt;</li></ul>',
    )
    assert.equal(html`${undefined}${0}${trusted('<br>')}${[' x ', 1]}`.markup, '0<br> x 1')
    assert.equal(html`${"it's"}`.markup, 'it&#39;s')
  })

  it('lets no name turn the text around it, nor run over the page', () => {
    assert.equal(name('a\u202eb\u0000').markup, '<bdi>a b</bdi>')
    assert.ok(name('x'.repeat(300)).markup.length < 80)
    assert.ok(html`${'x'.repeat(100_000)}`.markup.length <= 2000)
  })
})

describe('pageHtml', () => {
  it('is a document that runs and loads nothing', () => {
    const page = pageHtml({
      title: '</title><script>alert(1)</script>',
      lead: html`<p>lead</p>`,
      sections: [{ id: 'one', title: 'One & two', body: html`<p>${'</p>'}</p>` }],
      footer: 'made',
    })
    assert.match(page, /^<!doctype html>\n<html lang="en">/)
    assert.match(
      page,
      /default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'"/,
    )
    assert.doesNotMatch(page, /<script|\bsrc=|href="(?!#)|url\(|@import/)
    assert.match(page, /<a href="#one">One &amp; two<\/a>/)
    assert.match(page, /<h2 id="one">One &amp; two<\/h2>/)
  })
})
