package kakao_test

import (
	"encoding/json"
	"fmt"

	"wtm/internal/kakao"
)

// show prints a message as Kakao gets it.
func show(s kakao.Spec) {
	message, err := kakao.New(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	object, err := json.MarshalIndent(message, "", " ")
	fmt.Println(message.Path())
	fmt.Println(string(object), err)
}

func ExampleNew() {
	_, err := kakao.New(kakao.Text{Text: "쌀밥", Link: kakao.Link{WebURL: "/menu"}})
	fmt.Println(err)
	// Output: message field link.web_url takes an absolute http or https address, not "/menu"
}

func ExampleText() {
	show(kakao.Text{Text: "쌀밥\n국", Link: kakao.Link{WebURL: "https://example.com/menu", MobileWebURL: "https://example.com/menu"}, ButtonTitle: "식단표"})
	// Output:
	// default/send
	// {
	//  "object_type": "text",
	//  "text": "쌀밥\n국",
	//  "link": {
	//   "web_url": "https://example.com/menu",
	//   "mobile_web_url": "https://example.com/menu"
	//  },
	//  "button_title": "식단표"
	// } <nil>
}

func ExampleFeed() {
	show(kakao.Feed{
		Content: kakao.Content{Title: "오늘의 식단", ImageURL: "https://example.com/menu.png", Link: kakao.Link{WebURL: "https://example.com/"}},
		ItemContent: &kakao.ItemContent{
			Items: []kakao.Item{{Name: "점심", Value: "쌀밥, 국"}},
			Sum:   "합계", SumOp: "5,000원",
		},
		Social: &kakao.Social{LikeCount: new(0)},
	})
	// Output:
	// default/send
	// {
	//  "object_type": "feed",
	//  "content": {
	//   "title": "오늘의 식단",
	//   "image_url": "https://example.com/menu.png",
	//   "link": {
	//    "web_url": "https://example.com/"
	//   }
	//  },
	//  "item_content": {
	//   "items": [
	//    {
	//     "item": "점심",
	//     "item_op": "쌀밥, 국"
	//    }
	//   ],
	//   "sum": "합계",
	//   "sum_op": "5,000원"
	//  },
	//  "social": {
	//   "like_count": 0
	//  }
	// } <nil>
}

func ExampleList() {
	link := kakao.Link{WebURL: "https://example.com/"}
	show(kakao.List{HeaderTitle: "새 공지", HeaderLink: link, Contents: []kakao.Content{
		{Title: "첫째", Link: kakao.Link{WebURL: "https://example.com/1"}},
		{Title: "둘째", Link: kakao.Link{WebURL: "https://example.com/2"}},
	}})
	// Output:
	// default/send
	// {
	//  "object_type": "list",
	//  "header_title": "새 공지",
	//  "header_link": {
	//   "web_url": "https://example.com/"
	//  },
	//  "contents": [
	//   {
	//    "title": "첫째",
	//    "link": {
	//     "web_url": "https://example.com/1"
	//    }
	//   },
	//   {
	//    "title": "둘째",
	//    "link": {
	//     "web_url": "https://example.com/2"
	//    }
	//   }
	//  ]
	// } <nil>
}

func ExampleLocation() {
	link := kakao.Link{WebURL: "https://example.com/"}
	show(kakao.Location{Address: "전북 군산시 대학로 558", AddressTitle: "학생식당", Content: kakao.Content{Title: "점심 모임", Link: link},
		Buttons: []kakao.Button{{Title: "참석", Link: link}}})
	// Output:
	// default/send
	// {
	//  "object_type": "location",
	//  "address": "전북 군산시 대학로 558",
	//  "address_title": "학생식당",
	//  "content": {
	//   "title": "점심 모임",
	//   "link": {
	//    "web_url": "https://example.com/"
	//   }
	//  },
	//  "buttons": [
	//   {
	//    "title": "참석",
	//    "link": {
	//     "web_url": "https://example.com/"
	//    }
	//   }
	//  ]
	// } <nil>
}

func ExampleCommerce() {
	show(kakao.Commerce{
		Content: kakao.Content{Title: "오늘의 특가", Link: kakao.Link{WebURL: "https://example.com/"}},
		Product: kakao.Product{ProductName: "식권", RegularPrice: 5000, DiscountPrice: new(4000), DiscountRate: new(20)},
	})
	// Output:
	// default/send
	// {
	//  "object_type": "commerce",
	//  "content": {
	//   "title": "오늘의 특가",
	//   "link": {
	//    "web_url": "https://example.com/"
	//   }
	//  },
	//  "commerce": {
	//   "product_name": "식권",
	//   "regular_price": 5000,
	//   "discount_price": 4000,
	//   "discount_rate": 20
	//  }
	// } <nil>
}

func ExampleCalendar() {
	show(kakao.Calendar{IDType: kakao.CalendarEvent, ID: "event-id", Content: kakao.Content{Title: "개교기념일", Link: kakao.Link{WebURL: "https://example.com/"}}})
	// Output:
	// default/send
	// {
	//  "object_type": "calendar",
	//  "id_type": "event",
	//  "id": "event-id",
	//  "content": {
	//   "title": "개교기념일",
	//   "link": {
	//    "web_url": "https://example.com/"
	//   }
	//  }
	// } <nil>
}

func ExampleCustom() {
	show(kakao.Custom{TemplateID: 12345, Args: map[string]string{"menu": "쌀밥", "day": "월요일"}})
	// Output:
	// send
	// {
	//  "template_id": 12345,
	//  "template_args": {
	//   "day": "월요일",
	//   "menu": "쌀밥"
	//  }
	// } <nil>
}

func ExampleScrap() {
	show(kakao.Scrap{URL: "https://example.com/news/1"})
	// Output:
	// scrap/send
	// {
	//  "request_url": "https://example.com/news/1"
	// } <nil>
}
