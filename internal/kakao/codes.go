package kakao

// meaning is what a code says and asks for.
type meaning struct {
	cause  string
	hint   string
	person bool // a person must act: exit code 3
	passes bool // the same call may work a moment later
	login  bool // only a new login helps
}

// Where a person acts.
const (
	consoleApp   = "https://developers.kakao.com/console/app"
	keyPage      = consoleApp + " (App > Platform keys > REST API key)"
	consentPage  = consoleApp + " (Kakao Login > Consent items)"
	errorPage    = "https://developers.kakao.com/docs/ko/rest-api/error-code"
	statusPage   = "https://developers.kakao.com/status"
	quotaPage    = "https://developers.kakao.com/docs/latest/ko/getting-started/quota"
	imagePage    = "https://developers.kakao.com/docs/latest/en/message-template/faq"
	loginCommand = "wtm login"
	laterCommand = "later: wtm run"
	// friendsSetting is where a receiver is named.
	friendsSetting = "check `friends:` under `to:` in wtm.yml"
)

// meanings tells the codes apart, the auth host's (https://developers.kakao.com/docs/latest/ko/kakaologin/trouble-shooting,
// more of them from developers' reports) and the API's (https://developers.kakao.com/docs/ko/rest-api/error-code).
var meanings = map[string]meaning{
	"KOE001": {cause: "the request is malformed", hint: errorPage},
	"KOE002": {cause: "the address is wrong", hint: "unset KAKAO_AUTH_URL"},
	"KOE003": {cause: "a passing fault of the login server", hint: laterCommand, passes: true},
	"KOE004": {cause: "Kakao Login is switched off for the app", hint: "switch it on: " + consoleApp + " (Kakao Login)", person: true},
	"KOE005": {cause: "the app is a test app and the user no member of it", hint: "add the user: " + consoleApp + " (App > Members)", person: true},
	"KOE006": {cause: "the redirect URI is not registered", hint: "register KAKAO_REDIRECT_URI: " + keyPage, person: true},
	"KOE008": {cause: "the key is of the wrong type", hint: "use the REST API key: " + keyPage, person: true},
	"KOE009": {cause: "the key's platform settings do not match", hint: keyPage, person: true},
	"KOE010": {cause: "the client secret is missing or wrong", hint: "set KAKAO_CLIENT_SECRET to the code shown at " + keyPage, person: true},
	"KOE101": {cause: "there is no such REST API key", hint: "set KAKAO_REST_API_KEY to the key shown at " + keyPage, person: true},
	"KOE114": {cause: "the code was issued for another key", hint: loginCommand, person: true},
	"KOE126": {cause: "the app's settings do not fit", hint: keyPage, person: true},
	"KOE127": {cause: "this machine's address is not in the key's allowed list", hint: "empty the allowed IP addresses: " + keyPage, person: true},
	"KOE205": {cause: "a consent item is not set for the app", hint: "switch talk_message on: " + consentPage, person: true},
	"KOE237": {cause: "too many tokens were asked for", hint: "wait ten minutes, then run the same command again"},
	"KOE303": {cause: "the redirect URI differs from that of the login page", hint: "set KAKAO_REDIRECT_URI as registered at " + keyPage, person: true},
	"KOE310": {cause: "the grant type is not supported", hint: errorPage},
	"KOE319": {cause: "the refresh token was not sent", hint: loginCommand, person: true, login: true},
	"KOE320": {cause: "the authorization code was used, has expired or is unknown", hint: "a code works once and for minutes: " + loginCommand, person: true},
	"KOE322": {cause: "the refresh token has expired or was replaced", hint: loginCommand, person: true, login: true},

	"misconfigured":  {cause: "the key's platform settings do not match", hint: keyPage, person: true},
	"invalid_client": {cause: "the REST API key or the client secret is wrong", hint: keyPage, person: true},
	"invalid_grant":  {cause: "the code or token is no longer good", hint: loginCommand, person: true, login: true},
	"server_error":   {cause: "a fault of the login server", hint: laterCommand, passes: true},

	"-1":    {cause: "a passing fault inside Kakao", hint: laterCommand, passes: true},
	"-2":    {cause: "a parameter is missing or wrong", hint: "wtm run --dry-run shows the message; the rules: https://developers.kakao.com/docs/ko/message-template/default"},
	"-3":    {cause: "the feature or consent item is not switched on for the app", hint: "switch talk_message on: " + consentPage, person: true},
	"-4":    {cause: "the account is restricted", hint: "https://cs.kakao.com", person: true},
	"-5":    {cause: "the app has no permission for this call", hint: "request it: " + consoleApp, person: true},
	"-6":    {cause: "the service does not allow this", hint: errorPage, person: true},
	"-7":    {cause: "maintenance or a fault inside the service", hint: statusPage, passes: true},
	"-8":    {cause: "a header is wrong", hint: errorPage},
	"-9":    {cause: "the call no longer exists", hint: errorPage},
	"-10":   {cause: "the app's quota is used up", hint: quotaPage},
	"-11":   {cause: "the spending cap of the paid API is reached", hint: consoleApp, person: true},
	"-12":   {cause: "the app or the developer account is suspended", hint: consoleApp, person: true},
	"-101":  {cause: "the user is not linked to the app", hint: loginCommand, person: true, login: true},
	"-103":  {cause: "the account is dormant or gone", hint: "https://cs.kakao.com", person: true},
	"-301":  {cause: "there is no such app key", hint: "set KAKAO_REST_API_KEY to the key shown at " + keyPage, person: true},
	"-401":  {cause: "the access token is not accepted", hint: loginCommand, person: true, login: true},
	"-402":  {cause: "the user has not agreed to a consent item", hint: loginCommand, person: true},
	"-405":  {cause: "the user's age must be verified", hint: "https://cs.kakao.com", person: true},
	"-406":  {cause: "the app does not allow users under 14", hint: consoleApp, person: true},
	"-501":  {cause: "the account has no KakaoTalk", hint: "log in with an account that uses KakaoTalk: " + loginCommand, person: true},
	"-502":  {cause: "the receiver is no friend of the sender, or was none lately", hint: friendsSetting, person: true},
	"-504":  {cause: "the receiver's device cannot show the message", hint: friendsSetting},
	"-530":  {cause: "the receiver refuses messages", hint: "KakaoTalk's settings of the receiver"},
	"-531":  {cause: "the sender's monthly quota is used up", hint: quotaPage},
	"-532":  {cause: "the sender's daily quota is used up", hint: quotaPage},
	"-533":  {cause: "the receiver's daily quota is used up", hint: quotaPage},
	"-536":  {cause: "the daily quota of sender and receiver is used up", hint: quotaPage},
	"-602":  {cause: "the picture is too large", hint: imagePage},
	"-603":  {cause: "a time-out inside Kakao", hint: laterCommand},
	"-606":  {cause: "too many pictures at once", hint: imagePage},
	"-903":  {cause: "the key belongs to nobody", hint: "set KAKAO_REST_API_KEY to the key shown at " + keyPage, person: true},
	"-911":  {cause: "the picture's format is not supported", hint: imagePage},
	"-9798": {cause: "maintenance", hint: statusPage, passes: true},
}

// friendHints are better ones for the calls about friends.
var friendHints = map[string]string{
	"-2": friendsSetting + ": a receiver is a friend who uses the app; the message: wtm run --dry-run",
	"-3": "switch friends and talk_message on: " + consentPage,
	"-5": "add the friend under App > Members, or request friends/messages under App > Request additional features: " + consoleApp,
}

// meaning looks the code up. What is not in the table is judged by the status alone.
func (e *APIError) meaning() meaning {
	if e.ipMismatched {
		return meaning{cause: "this machine's address is not in the key's allowed list", hint: "empty the allowed IP addresses: " + keyPage, person: true}
	}
	if m, ok := meanings[e.Code]; ok {
		return m
	}
	switch {
	case e.Status == 401:
		return meanings["-401"]
	case e.Status == 429:
		return meaning{cause: "too many requests", hint: laterCommand, passes: true}
	case e.Status >= 500:
		return meaning{cause: "a fault of the server", hint: statusPage}
	}
	return meaning{cause: "a code that wtm does not know", hint: errorPage}
}
