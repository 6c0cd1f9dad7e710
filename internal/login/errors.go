package login

import (
	"fmt"
	"time"
)

// console is where an app is set up.
const console = "https://developers.kakao.com/console/app"

const exitAct = 3

// RedirectURIError is a redirect URI that no login can come back to.
type RedirectURIError struct{ Reason string }

func (e *RedirectURIError) Error() string { return "reading KAKAO_REDIRECT_URI: it " + e.Reason }

// Hint says what works.
func (e *RedirectURIError) Hint() string {
	return "set KAKAO_REDIRECT_URI to http://localhost:3000/callback and register the same at " + console +
		", or finish the login with `wtm login --redirected-url ADDRESS`"
}

// ExitCode is that of wrong settings.
func (e *RedirectURIError) ExitCode() int { return 2 }

// ListenError is a port that could not be listened on.
type ListenError struct {
	Port string
	Err  error
}

func (e *ListenError) Error() string {
	return fmt.Sprintf("listening on port %s for the Kakao login: %v", e.Port, e.Err)
}

// Unwrap returns the cause.
func (e *ListenError) Unwrap() error { return e.Err }

// Hint names the way without a port.
func (e *ListenError) Hint() string {
	return "end the program that uses port " + e.Port + ", or log in and run `wtm login --redirected-url -` and paste the address the browser ends at"
}

// TimeoutError is a browser that did not come back.
type TimeoutError struct{ After time.Duration }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("waiting for the Kakao login: nobody came back within %v", e.After)
}

// Hint names the two mistakes after which Kakao shows an error and sends nobody back.
func (e *TimeoutError) Hint() string {
	return "run `wtm login` again; if Kakao's page said KOE101, compare KAKAO_REST_API_KEY, and if KOE006, register KAKAO_REDIRECT_URI, both at " + console
}

// ExitCode says that a person must act.
func (e *TimeoutError) ExitCode() int { return exitAct }

// DeniedError is Kakao's answer that there is no login.
type DeniedError struct {
	Name string // the OAuth error, such as "access_denied"
}

func (e *DeniedError) Error() string {
	if e.Name == "access_denied" {
		return "logging in to Kakao: the login was cancelled (access_denied)"
	}
	return "logging in to Kakao: Kakao refused the login (" + e.Name + ")"
}

// Hint says how to go on.
func (e *DeniedError) Hint() string {
	switch e.Name {
	case "access_denied":
		return "run `wtm login` again and press 동의하고 계속하기 (agree and continue)"
	case "invalid_scope":
		return "switch on 카카오톡 메시지 전송 (talk_message) under Consent items at " + console + ", then run `wtm login`"
	}
	return "compare the app's settings at " + console + ", then run `wtm login`"
}

// ExitCode says that a person must act.
func (e *DeniedError) ExitCode() int { return exitAct }

// AddressError is a pasted address that is not the one after the login. It does not show the address, which may hold a
// code.
type AddressError struct{ Reason string }

func (e *AddressError) Error() string { return "reading the pasted address: " + e.Reason }

// Hint says which address is meant.
func (e *AddressError) Hint() string {
	return "after the login the browser shows a page that cannot be reached: copy all of its address bar, run `wtm login --redirected-url -` and paste it there"
}

// ExitCode is that of wrong usage.
func (e *AddressError) ExitCode() int { return 2 }

// ScopeError is a login without the consent that sending needs.
type ScopeError struct {
	Scope   string
	Offered bool // whether the app has the consent item switched on
}

func (e *ScopeError) Error() string {
	if e.Scope == ScopeFriends {
		return "checking the consent: the login does not allow reading the list of friends (" + e.Scope + ")"
	}
	return "checking the consent: the login does not allow sending KakaoTalk messages (" + e.Scope + ")"
}

// Hint says where the consent is given, or switched on.
func (e *ScopeError) Hint() string {
	item := map[string]string{ScopeMessage: "카카오톡 메시지 전송", ScopeFriends: "카카오 서비스 내 친구목록"}[e.Scope]
	if !e.Offered {
		return "switch on " + item + " (" + e.Scope + ") under Consent items at " + console + ", then run `wtm login`"
	}
	return "run `wtm login` again and tick " + item + " (" + e.Scope + ")"
}

// ExitCode says that a person must act.
func (e *ScopeError) ExitCode() int { return exitAct }
