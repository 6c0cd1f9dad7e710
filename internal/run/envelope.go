package run

import (
	"context"
	"errors"
	"slices"

	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/secret"
)

// envelope is what goes out together: to an own chat, or to as many friends as Kakao takes in one call.
type envelope struct {
	account string
	to      []config.Receiver
	// uuids are those of the friends in to, in the same order; nil for an own chat.
	uuids []string
}

// envelopes puts receivers together, each friend with the uuid that it was found by.
func envelopes(all []config.Receiver, found map[config.Receiver]string) []envelope {
	var out []envelope
	open := map[string]int{} // the account's envelope that still has room
	for _, who := range all {
		if who.Friend == "" {
			out = append(out, envelope{account: who.Account, to: []config.Receiver{who}})
			continue
		}
		i, ok := open[who.Account]
		if !ok || len(out[i].to) == kakao.MaxReceivers {
			i = len(out)
			open[who.Account] = i
			out = append(out, envelope{account: who.Account})
		}
		out[i].to, out[i].uuids = append(out[i].to, who), append(out[i].uuids, found[who])
	}
	return out
}

// send sends all parts in order to the receivers of an envelope, and returns what came of each. Once a part has arrived,
// any failure makes the outcome one that must not be repeated.
func (r *Runner) send(ctx context.Context, keys *tokens, e envelope, d draft) map[config.Receiver]error {
	results := map[config.Receiver]error{}
	give := func(who config.Receiver, sent int, err error) {
		if err != nil && sent > 0 {
			err = &PartialError{Sent: sent, Parts: len(d.parts), Err: err}
		}
		results[who] = err
	}
	left, uuids := slices.Clone(e.to), slices.Clone(e.uuids)
	for i, part := range d.parts {
		var err error
		if i > 0 {
			err = r.sleep(ctx, d.job.Pause)
		}
		var failed map[string]error
		if err == nil {
			failed, err = r.sendPart(ctx, keys, uuids, part)
		}
		if err != nil {
			for _, who := range left {
				give(who, i, err)
			}
			return results
		}
		for uuid, err := range failed {
			at := slices.Index(uuids, uuid)
			give(left[at], i, err)
			left, uuids = slices.Delete(left, at, at+1), slices.Delete(uuids, at, at+1)
		}
		if len(left) == 0 {
			return results
		}
	}
	for _, who := range left {
		give(who, len(d.parts), nil)
	}
	return results
}

// sendPart sends one part to friends, or without any to the account's own chat. The error is for all of them; of several
// friends some may have failed.
func (r *Runner) sendPart(ctx context.Context, keys *tokens, uuids []string, part kakao.Template) (failed map[string]error, err error) {
	err = keys.use(ctx, func(access secret.Value) error {
		if len(uuids) == 0 {
			return r.Kakao.SendToMe(ctx, access, part)
		}
		result, err := r.Kakao.SendToFriends(ctx, access, uuids, part)
		if err != nil {
			return err
		}
		failed = map[string]error{}
		for _, f := range result.Failed {
			for _, uuid := range f.Receivers {
				failed[uuid] = f
			}
		}
		return nil
	})
	if len(uuids) > 1 && mayBeOne(err) {
		return r.sendApart(ctx, keys, uuids, part), nil
	}
	return failed, err
}

// sendApart sends one part to friends in calls of their own, where one of them has Kakao refuse a call for all.
func (r *Runner) sendApart(ctx context.Context, keys *tokens, uuids []string, part kakao.Template) map[string]error {
	failed := map[string]error{}
	for _, uuid := range uuids {
		of, err := r.sendPart(ctx, keys, []string{uuid}, part)
		if err == nil {
			err = of[uuid]
		}
		if err != nil {
			failed[uuid] = err
		}
	}
	return failed
}

// mayBeOne reports whether a call to several friends was refused for what may be wrong with one of them alone.
func mayBeOne(err error) bool {
	refused, ok := errors.AsType[*kakao.APIError](err)
	return ok && slices.Contains([]string{"-2", "-502", "-504", "-530", "-533", "-536"}, refused.Code)
}
