import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { normaliseVendor } from './vendor.js'

/** What firmware and owners write, by the name that the table has. */
const written: Readonly<Record<string, readonly string[]>> = {
  hpe: ['HP', 'HPE', 'hpe ProLiant', 'Hewlett Packard Enterprise'],
  dell: ['Dell', 'Dell Inc.', 'DELL EMC'],
  fujitsu: ['FUJITSU', 'Fujitsu Siemens', 'FSC'],
  lenovo: ['LENOVO', 'Lenovo Global Technology'],
  supermicro: ['Supermicro', 'Super Micro Computer Inc.'],
  ibm: ['IBM', 'IBM Corp.', 'International Business Machines'],
  quanta: ['Quanta Computer', 'QCT'],
  h3c: ['H3C', 'New H3C Technologies'],
  asus: ['ASUS', 'ASUSTeK COMPUTER'],
  huawei: ['Huawei Technologies'],
  hitachi: ['HITACHI'],
  inspur: ['Inspur Corporation'],
  acer: ['Acer Incorporated'],
  nec: ['NEC', 'NEC Corporation'],
  sgi: ['SGI', 'Silicon Graphics International'],
  gigabyte: ['GIGABYTE', 'Giga-Byte Technology'],
}

describe('the vendor of a machine', () => {
  for (const [vendor, names] of Object.entries(written)) {
    it(`is ${vendor}, where its name begins so`, () => {
      for (const name of names) {
        assert.equal(normaliseVendor(name), vendor, name)
        assert.equal(normaliseVendor(` ${name} `), vendor, name)
        assert.notEqual(normaliseVendor(`my ${name}`), vendor, name)
      }
    })
  }

  it('is another where the name only begins like one', () => {
    for (const name of ['HPC Systems', 'IBMS', 'NECTEC', 'SGIX', 'FSCX', 'QCTX', 'Silicon Graphicsx']) {
      assert.equal(normaliseVendor(name), name.toLowerCase().replace(/ /g, '').slice(0, 16), name)
    }
  })

  it('is sixteen letters and digits of what the table has not, and nothing of nothing', () => {
    assert.equal(normaliseVendor('A & B-1 (Ltd.)'), 'ab1ltd')
    assert.equal(normaliseVendor('abcdefghijklmnopqrs'), 'abcdefghijklmnop')
    for (const none of [undefined, '', '  ', '&-.']) assert.equal(normaliseVendor(none), undefined)
    assert.equal(normaliseVendor(`${' '.repeat(128)}Dell`), undefined, 'what is far behind is not looked at')
    assert.equal(normaliseVendor(`${' '.repeat(124)}Dell`), 'dell')
  })
})
