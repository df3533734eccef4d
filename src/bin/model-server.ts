#!/usr/bin/env node
import { modelServerCommand } from '../cli/commands/run-model-server.js'
import { standalone } from '../cli/help/described-program.js'
import { runProcess } from '../cli/main.js'

await runProcess((io) => standalone(modelServerCommand(io)))
