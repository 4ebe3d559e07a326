import type { DemoContext } from '../demo-context.ts'
import { containerReply } from '../http/reply.ts'
import { route, type Route } from '../http/router.ts'
import { DEMO_FRIENDLY_NAME, DEMO_MACHINE_IDENTIFIER, DEMO_SERVER_VERSION } from '../identity.ts'

/** The server itself: who it is and what it can do. */
export function serverRoutes(demo: DemoContext): Route[] {
  return [
    route('GET', '/identity', ({ isJson }) => containerReply(identity(), isJson), { isOpen: true }),
    route('GET', '/', ({ isJson }) => containerReply(capabilities(demo), isJson)),
  ]
}

function identity() {
  return {
    size: 0,
    apiVersion: '1.1.1',
    claimed: true,
    machineIdentifier: DEMO_MACHINE_IDENTIFIER,
    version: DEMO_SERVER_VERSION,
  }
}

function capabilities(demo: DemoContext) {
  return {
    size: 3,
    allowCameraUpload: false,
    allowChannelAccess: false,
    allowMediaDeletion: false,
    allowSharing: false,
    allowSync: false,
    allowTuners: false,
    backgroundProcessing: true,
    certificate: false,
    companionProxy: true,
    countryCode: 'nld',
    friendlyName: DEMO_FRIENDLY_NAME,
    hubSearch: true,
    machineIdentifier: DEMO_MACHINE_IDENTIFIER,
    multiuser: false,
    myPlex: true,
    myPlexMappingState: 'unknown',
    myPlexSigninState: 'ok',
    myPlexSubscription: false,
    offlineTranscode: 1,
    platform: 'Linux',
    platformVersion: '6.1',
    readOnlyLibraries: false,
    streamingBrainABRVersion: 3,
    streamingBrainVersion: 2,
    sync: false,
    transcoderActiveVideoSessions: demo.sessions.all.length,
    transcoderAudio: true,
    transcoderPhoto: true,
    transcoderSubtitles: true,
    transcoderVideo: true,
    transcoderVideoBitrates: '64,96,208,320,720,1500,2000,3000,4000,8000,10000,12000,20000',
    transcoderVideoQualities: '0,1,2,3,4,5,6,7,8,9,10,11,12',
    transcoderVideoResolutions: '128,128,160,240,320,480,768,720,720,1080,1080,1080,1080',
    updatedAt: 1_766_500_000,
    version: DEMO_SERVER_VERSION,
    Directory: [
      { count: 1, key: 'library', title: 'library' },
      { count: 1, key: 'photo', title: 'photo' },
      { count: 1, key: 'transcode', title: 'transcode' },
    ],
  }
}
