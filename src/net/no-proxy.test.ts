import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noProxy } from './no-proxy.js'

function expectDirect(text: string, direct: readonly string[], proxied: readonly string[]): void {
  const test = noProxy(text)
  for (const url of direct) assert.equal(test(new URL(url)), true, `${text}: ${url}`)
  for (const url of proxied) assert.equal(test(new URL(url)), false, `${text}: ${url}`)
}

describe('noProxy', () => {
  it('takes a domain with all below it, however it is written', () => {
    for (const text of ['svc', '.svc', '*.svc', 'SVC', 'svc.']) {
      expectDirect(text, ['http://svc', 'https://prometheus.monitoring.svc:9090', 'http://a.SVC./'], ['http://xsvc'])
    }
    expectDirect('example.com', ['http://www.example.com'], ['http://example.com.evil.net', 'http://com'])
    expectDirect('bücher.de', ['http://xn--bcher-kva.de'], ['http://de'])
  })

  it('takes networks of both families', () => {
    expectDirect(
      'localhost,127.0.0.0/8,10.0.0.0/16 .cluster.local',
      [
        'http://127.0.0.1:9090',
        'http://127.255.0.1',
        'http://10.0.255.255',
        'http://localhost',
        'http://[::ffff:10.0.1.1]',
      ],
      ['http://10.1.0.0', 'http://128.0.0.1', 'http://[::1]', 'http://ten.example'],
    )
    expectDirect('fd00::/8', ['http://[fd12:3456::1]:9090'], ['http://[fe80::1]', 'http://10.0.0.1'])
    expectDirect('[fd00::]/8', ['http://[fd12:3456::1]'], ['http://[fe80::1]'])
    expectDirect('[FD00::]/16', ['http://[fd00:3456::1]'], ['http://[fd12::1]'])
    expectDirect('0.0.0.0/0', ['http://8.8.8.8'], ['http://[2001:db8::1]', 'http://dns.google'])
    expectDirect('0.0.0.0/1', ['http://127.0.0.1'], ['http://128.0.0.1'])
    expectDirect('::1/128', ['http://[::1]'], ['http://[::2]'])
    expectDirect('10.1.2.3/32', ['http://10.1.2.3'], ['http://10.1.2.4'])
  })

  it('takes addresses by value, with or without brackets', () => {
    for (const text of ['::1', '[::1]', '0:0:0:0:0:0:0:1']) expectDirect(text, ['http://[::1]:21003'], ['http://[::2]'])
    expectDirect('10.0.0.1', ['http://10.0.0.1', 'https://10.0.0.1:8443'], ['http://110.0.0.1', 'http://10.0.0.10'])
  })

  it('keeps a port to that port, also where a URL does not name it', () => {
    expectDirect('a.example:443', ['https://a.example', 'https://b.a.example:443'], ['http://a.example'])
    expectDirect('10.0.0.1:9090', ['http://10.0.0.1:9090'], ['http://10.0.0.1', 'http://10.0.0.1:90'])
    expectDirect('[::1]:80', ['http://[::1]'], ['https://[::1]', 'http://[::1]:8080'])
    expectDirect('a.example:65535', ['http://a.example:65535'], ['http://a.example:6553'])
    expectDirect('*:80', ['http://a.example'], ['https://a.example'])
  })

  it('takes everything for *, and nothing for an empty text', () => {
    expectDirect('*', ['http://a.example', 'https://[::1]:1', 'http://10.0.0.1'], [])
    expectDirect('a.example, *', ['http://b.example'], [])
    expectDirect(' , ', [], ['http://a.example', 'http://localhost', 'http://127.0.0.1'])
  })

  it('names what is none of these', () => {
    for (const text of [
      '10.0.0.0/8/8',
      '10.0.0.0/0008',
      '10.0.0.0/x8',
      'X/8',
      'a:65536',
      'a:b',
      '[::1]x',
      'x[::1]',
      '-.é!',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10/8',
      'fd00::/129',
      'http://a',
      '192.168.*',
      'a:70000',
      '10.0.0.0/8:80',
      'a..b',
      '[::1',
      ':80',
    ]) {
      assert.throws(
        () => noProxy(`localhost,${text}`),
        (error: Error & { field?: string }) => {
          return error.field === 'NO_PROXY' && error.message.includes(JSON.stringify(text))
        },
        text,
      )
    }
  })
})
