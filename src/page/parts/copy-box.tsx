import { useState } from 'preact/hooks'
import { Code } from './code.js'

/** Text to copy: a command, a configuration. */
export function CopyBox({ title, text }: { readonly title: string; readonly text: string }) {
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      // Browsers allow it on secure origins only: there the text is marked, to be copied by hand.
      select(document.getElementById(idOf(title)))
      setSaid('Press Ctrl+C to copy')
    }
    setTimeout(() => setSaid(''), 4000)
  }
  return (
    <section class="copy">
      <header>
        <h3>{title}</h3>
        <span role="status">{said}</span>
        <button type="button" onClick={copy} aria-label={`Copy ${title}`}>
          Copy
        </button>
      </header>
      <Code id={idOf(title)} label={title} text={text} />
    </section>
  )
}

function idOf(title: string): string {
  return `copy-${title.replaceAll(/\W+/g, '-').toLowerCase()}`
}

function select(element: HTMLElement | null): void {
  if (element) getSelection()?.selectAllChildren(element)
}
