// An import that happens later is syntax, which no attribute of wasm-bindgen can say. The names are those that sys.rs
// knows; the build sends no others.
export const loadSdk = async (suffix) => {
  const { ConnectionErrorReason, LocalAudioTrack, Room, RoomEvent, setLogLevel } = await import(
    import.meta.resolve("livekit-client") + suffix
  );
  return { ConnectionErrorReason, LocalAudioTrack, Room, RoomEvent, setLogLevel };
};
