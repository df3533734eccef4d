/** Keys as they are pressed, without Enter. */
export interface KeyPresses {
  onKey(listener: (key: string) => void): void
  close(): void
}

/** Listens on a terminal; on anything else nobody presses keys. Ctrl-C comes as a key too. */
export function keyPresses(input: NodeJS.ReadableStream): KeyPresses {
  if (!isTerminal(input)) return { onKey() {}, close() {} }
  input.setRawMode(true)
  input.setEncoding('utf8')
  input.resume()
  return {
    onKey(listener) {
      input.on('data', (text) => {
        for (const key of keysOf(String(text))) listener(key)
      })
    },
    close() {
      input.removeAllListeners('data')
      input.setRawMode(false)
      input.pause()
    },
  }
}

type Terminal = NodeJS.ReadableStream & { setRawMode(raw: boolean): unknown }

function isTerminal(input: NodeJS.ReadableStream): input is Terminal {
  return 'isTTY' in input && input.isTTY === true && 'setRawMode' in input
}

/** Keys that were pressed at once, or while the program was busy, come together. Arrows and the like begin with an escape. */
function keysOf(text: string): readonly string[] {
  return text.startsWith('\u001b') ? [text] : [...text]
}
