import type { CommandOption, CommandTree } from './command-tree.js'

/** Completes subcommands, then the options of the subcommand, and after an option its choices. */
export function bashCompletion(tree: CommandTree): string {
  const name = functionName(tree)
  return lines([
    `# bash completion for ${tree.name}`,
    `${name}() {`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    '  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=""',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    '  case "${COMP_WORDS[1]}:$previous" in',
    ...tree.commands.flatMap((command) =>
      command.options.filter(hasChoices).map((option) => bashChoices(command, option)),
    ),
    '    *)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    '      case "${COMP_WORDS[1]}" in',
    ...tree.commands.map((command) => `        ${command.name}) words="${bashWords(command)}" ;;`),
    '      esac',
    `      [ "$COMP_CWORD" -eq 1 ] && words="${[...tree.commands.map(({ name }) => name), 'help', ...longs(tree)].join(' ')}"`,
    '      ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    '  [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))',
    '}',
    `complete -o filenames -F ${name} ${tree.name}`,
  ])
}

/** `_arguments` for the options of each subcommand, `_describe` for the subcommands. */
export function zshCompletion(tree: CommandTree): string {
  const name = functionName(tree)
  return lines([
    `#compdef ${tree.name}`,
    `${name}() {`,
    '  local -a commands',
    '  commands=(',
    ...tree.commands.map((command) => `    ${single(`${command.name}:${command.summary}`)}`),
    '  )',
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  case "$words[2]" in',
    ...tree.commands.map((command) => {
      const specs = [...command.options.map(zshOption), zshArgument(command)]
      return `    ${command.name}) shift words; (( CURRENT-- )); _arguments ${specs.join(' ')} ;;`
    }),
    '  esac',
    '}',
    `${name} "$@"`,
  ])
}

/** One `complete` line for each subcommand and each of its options. */
export function fishCompletion(tree: CommandTree): string {
  const complete = `complete -c ${tree.name}`
  return lines([
    `# fish completion for ${tree.name}`,
    ...tree.commands.flatMap((command) => [
      `${complete} -n __fish_use_subcommand -f -a ${command.name} -d ${single(command.summary)}`,
      ...(command.choices.length > 0
        ? [`${complete} -n '__fish_seen_subcommand_from ${command.name}' -f -a ${single(command.choices.join(' '))}`]
        : []),
      ...command.options.map((option) => {
        const short = option.short ? ` -s ${option.short.slice(1)}` : ''
        const value = option.takesValue
          ? hasChoices(option)
            ? ` -x -a ${single(option.choices.join(' '))}`
            : ' -r'
          : ''
        return `${complete} -n '__fish_seen_subcommand_from ${command.name}' -l ${option.long.slice(2)}${short}${value} -d ${single(option.description)}`
      }),
    ]),
  ])
}

function bashChoices(command: CommandTree, option: CommandOption): string {
  const names = [option.long, option.short].filter((flag) => flag !== undefined)
  return `    ${names.map((flag) => `${command.name}:${flag}`).join('|')}) words="${option.choices.join(' ')}" ;;`
}

function bashWords(command: CommandTree): string {
  return [...command.choices, ...longs(command)].join(' ')
}

function zshOption({ long, description, takesValue, choices }: CommandOption): string {
  const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}` : ''
  return single(`${long}[${description.replace(/[[\]:]/g, ' ')}]${value}`)
}

function zshArgument({ choices }: CommandTree): string {
  return choices.length > 0 ? single(`1:argument:(${choices.join(' ')})`) : single('*:file:_files')
}

function longs(command: CommandTree): readonly string[] {
  return command.options.map(({ long }) => long)
}

function hasChoices({ choices }: CommandOption): boolean {
  return choices.length > 0
}

function functionName(tree: CommandTree): string {
  return `_${tree.name.replace(/\W/g, '_')}`
}

function single(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`
}

function lines(text: readonly string[]): string {
  return `${text.join('\n')}\n`
}
