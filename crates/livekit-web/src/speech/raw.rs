//! Raw imports of the Web Speech API, one to one with its names. Its classes have other names in other browsers, so nothing
//! here is looked up by one.

use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::MediaStreamTrack;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type SpeechRecognition;

    #[wasm_bindgen(method, setter)]
    pub fn set_continuous(this: &SpeechRecognition, value: bool);

    #[wasm_bindgen(method, setter, js_name = "interimResults")]
    pub fn set_interim_results(this: &SpeechRecognition, value: bool);

    #[wasm_bindgen(method, setter)]
    pub fn set_lang(this: &SpeechRecognition, value: &str);

    #[wasm_bindgen(method, catch)]
    pub fn start(this: &SpeechRecognition) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = "start")]
    pub fn start_with_track(this: &SpeechRecognition, track: &MediaStreamTrack) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    pub fn abort(this: &SpeechRecognition);

    #[wasm_bindgen(extends = Object)]
    pub type SpeechRecognitionEvent;

    #[wasm_bindgen(method, getter, js_name = "resultIndex")]
    pub fn result_index(this: &SpeechRecognitionEvent) -> u32;

    #[wasm_bindgen(method, getter)]
    pub fn results(this: &SpeechRecognitionEvent) -> SpeechRecognitionResultList;

    #[wasm_bindgen(extends = Object)]
    pub type SpeechRecognitionResultList;

    #[wasm_bindgen(method, getter)]
    pub fn length(this: &SpeechRecognitionResultList) -> u32;

    #[wasm_bindgen(method)]
    pub fn item(this: &SpeechRecognitionResultList, index: u32) -> Option<SpeechRecognitionResult>;

    #[wasm_bindgen(extends = Object)]
    pub type SpeechRecognitionResult;

    #[wasm_bindgen(method, getter, js_name = "isFinal")]
    pub fn is_final(this: &SpeechRecognitionResult) -> bool;

    #[wasm_bindgen(method)]
    pub fn item(this: &SpeechRecognitionResult, index: u32) -> Option<SpeechRecognitionAlternative>;

    #[wasm_bindgen(extends = Object)]
    pub type SpeechRecognitionAlternative;

    #[wasm_bindgen(method, getter)]
    pub fn transcript(this: &SpeechRecognitionAlternative) -> String;

    #[wasm_bindgen(extends = Object)]
    pub type SpeechRecognitionErrorEvent;

    #[wasm_bindgen(method, getter)]
    pub fn error(this: &SpeechRecognitionErrorEvent) -> String;
}
