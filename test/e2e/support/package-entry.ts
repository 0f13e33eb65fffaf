/** Of the catalogue: a package over stdio that asks for a secret, a word and arguments. */
export const entry = (version: string, name = 'com.example/notes') => ({
  name,
  title: 'Notes',
  description: 'Keeps notes.',
  version,
  packages: [
    {
      registryType: 'npm',
      identifier: '@example/notes',
      version,
      transport: { type: 'stdio' },
      runtimeHint: 'npx',
      runtimeArguments: [{ type: 'positional', value: '--inspect=0.0.0.0' }],
      environmentVariables: [
        { name: 'API_TOKEN', isRequired: true, isSecret: true },
        { name: 'GREETING', default: 'hello' },
      ],
      packageArguments: [
        { type: 'positional', value: 'serve' },
        { type: 'named', name: '--folder', format: 'filepath', default: 'notes' },
        { type: 'positional', valueHint: 'tags', isRepeated: true },
      ],
    },
  ],
});
