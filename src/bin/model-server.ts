#!/usr/bin/env node
import { standalone } from '../cli/described-program.js'
import { runProcess } from '../cli/main.js'
import { modelServerCommand } from '../cli/commands/run-model-server.js'

await runProcess((io) => standalone(modelServerCommand(io)))
