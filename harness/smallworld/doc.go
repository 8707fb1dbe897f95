// Package smallworld is what the commands world and world rank do: it writes a world's
// folder, and has the world's simulated labelers rank responses to its prompts. The world
// itself is in fixtures/world, its labelers in suites/judge.
package smallworld
