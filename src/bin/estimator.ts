#!/usr/bin/env node
import { estimatorCommand } from '../cli/commands/run-estimator.js'
import { standalone } from '../cli/help/described-program.js'
import { runProcess } from '../cli/main.js'

await runProcess((io) => standalone(estimatorCommand(io)))
