import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sigV4Signer } from './sigv4.js'

// The examples of AWS's own test suite for signatures.
const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const options = { region: 'us-east-1', service: 'service', clock: () => Date.parse('2015-08-30T12:36:00.999Z') }
const signatureOf = (headers: Readonly<Record<string, string>>) =>
  /Signature=(.*)$/.exec(headers.authorization ?? '')?.[1]

describe('sigV4Signer', () => {
  it('signs as AWS does', async () => {
    const sign = sigV4Signer({ ...options, credentials: async () => key })
    const plain = await sign(new URL('https://example.amazonaws.com/'))
    assert.equal(signatureOf(plain), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31')
    assert.equal(plain['x-amz-date'], '20150830T123600Z')
    assert.equal(plain['x-amz-security-token'], undefined)
    const parameters = await sign(new URL('https://example.amazonaws.com/?Param2=value2&Param1=value1'))
    assert.equal(signatureOf(parameters), 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500')
  })

  it('sends the token of a temporary key, and signs it', async () => {
    const sign = sigV4Signer({ ...options, credentials: async () => ({ ...key, sessionToken: 'temporary' }) })
    const headers = await sign(new URL('https://example.amazonaws.com/'))
    assert.equal(headers['x-amz-security-token'], 'temporary')
    assert.match(headers.authorization ?? '', /SignedHeaders=host;x-amz-date;x-amz-security-token/)
  })

  it('fails as its credentials do', async () => {
    const sign = sigV4Signer({ ...options, credentials: () => Promise.reject(new Error('no role')) })
    await assert.rejects(sign(new URL('https://example.amazonaws.com/')), { message: 'no role' })
  })
})
