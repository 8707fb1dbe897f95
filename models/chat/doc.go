// Package chat turns conversations into prompts with a checkpoint's own chat template.
//
// A template is Jinja, as transformers stores it in chat_template.jinja or in tokenizer_config.json. It is
// rendered as transformers' apply_chat_template does: blocks are trimmed, loop controls work, and
// raise_exception, strftime_now, tojson and the names of special tokens (bos_token, eos_token, ...) are
// available. A template sees no files and no other templates, and its steps and its output are limited.
package chat
