import packageFile from '../../package.json' with { type: 'json' }

export const appVersion: string = packageFile.version
