package run

import "fmt"

// What the program itself says in the chat, in the language of its readers.

// manyNew ends a message that shows a few of the items of a page that has only new ones.
func manyNew(all, shown int) string {
	return fmt.Sprintf("\n(모두 처음 보는 %d건 가운데 %d건입니다. 사이트의 주소가 바뀌었을 수 있습니다.)", all, shown)
}

// failing tells of a job whose pages fail run after run, why, and what to do about it.
func failing(job string, times int, cause, hint string) string {
	text := fmt.Sprintf("⚠️ %s: %d번 연속 실패했습니다.\n%s", job, times, cause)
	if hint != "" {
		text += "\n→ " + hint
	}
	return text
}

// recovered tells that a job's pages work again.
func recovered(job string) string { return fmt.Sprintf("✅ %s: 다시 정상입니다.", job) }
