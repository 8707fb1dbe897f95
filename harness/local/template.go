package local

import (
	"fmt"

	"assay/models/chat"
	"assay/models/serve"
)

// UseTemplate makes a server's chat route use the chat template of the checkpoint that a command's
// argument names. If the template is invalid, the route refuses requests. note says what the route does.
func UseTemplate(config *serve.Config, model string) (note string, err error) {
	dir, err := Dir(model)
	if err != nil {
		return "", err
	}
	template, err := chat.Read(dir)
	switch {
	case err != nil:
		config.Chat = func([]chat.Message) (string, error) { return "", err }
		return fmt.Sprintf("chat requests are refused: %v", err), nil
	case template == nil:
		return "without a chat template, chat messages are joined as plain text", nil
	}
	config.Chat = template.Render
	return "chat uses the checkpoint's template", nil
}
