package login

import (
	"errors"
	"html/template"
	"net/http"
)

// page is what the browser shows at the end, in Korean and English.
type page struct {
	Korean, English string
	Detail, Hint    string // of an error, in English
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="ko">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>오밥무</title>
<h1>{{ .Korean }}</h1>
<p lang="en">{{ .English }}</p>
{{ with .Detail }}<p lang="en">{{ . }}</p>
{{ end }}{{ with .Hint }}<p lang="en">{{ . }}</p>
{{ end }}</html>
`))

func donePage() page {
	return page{
		Korean:  "카카오 로그인이 되었습니다. 이 창을 닫고 터미널로 돌아가세요.",
		English: "Logged in to Kakao. Close this window and go back to the terminal.",
	}
}

func failedPage(err error) page {
	p := page{
		Korean:  "카카오 로그인을 마치지 못했습니다. 터미널을 확인하세요.",
		English: "The Kakao login did not work. The terminal says more.",
		Detail:  err.Error(),
	}
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		p.Hint = h.Hint()
	}
	return p
}

func strangePage() page {
	return page{
		Korean:  "이 로그인에서 보낸 주소가 아닙니다. 터미널에 나온 주소를 여세요.",
		English: "This address is not from the login under way. Open the address that the terminal shows.",
	}
}

func twicePage() page {
	return page{
		Korean:  "이미 받은 로그인입니다. 터미널을 확인하세요.",
		English: "This login has been received already. The terminal says more.",
	}
}

func writePage(w http.ResponseWriter, status int, p page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	// A browser that has gone away is no reason to lose the login.
	_ = pageTemplate.Execute(w, p)
}
