/** Text of programs, which scrolls by itself where it is longer than its place. */
export function Code({ label, text, id }: { readonly label: string; readonly text: string; readonly id?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="code" tabIndex={0} aria-label={label}>
      <pre id={id} dir="ltr">
        {text}
      </pre>
    </section>
  )
}
