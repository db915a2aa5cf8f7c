package i18n

import "testing"

func TestSpacesInChinese(t *testing.T) {
	Use("zh-Hans")
	t.Cleanup(func() { Use("en") })
	for _, c := range []struct{ text, word, want string }{
		{"正确：图中是 %s。", "帆船", "正确：图中是帆船。"},
		{"正确：图中是 %s。", "tabby cat", "正确：图中是 tabby cat。"},
		{"来自 %s", "程序内置的模型说明", "来自程序内置的模型说明"},
		{"来自 %s", "config.json", "来自 config.json"},
		// What a word is made of is its own: a file's name keeps its spaces.
		{"无法打开 %s 。", "我的 图片.png", "无法打开我的 图片.png 。"},
		{"%s 的得分", "猫", "猫的得分"},
		{"其 SHA-256 是 %.12s…", "0123456789abcdef", "其 SHA-256 是 0123456789ab…"},
	} {
		if got := T(c.text, c.word); got != c.want {
			t.Errorf("%q with %q: %q, want %q", c.text, c.word, got, c.want)
		}
	}
	if got := Sentences("可用 2 GB。", "SeeWhy 已用 1 GB。"); got != "可用 2 GB。SeeWhy 已用 1 GB。" {
		t.Errorf("%q", got)
	}
	if got := T("%s  ·  %d 张", "猫", 3); got != "猫  ·  3 张" {
		t.Errorf("%q", got)
	}
	Use("en")
	if got := Sentences("2 GB free.", "1 GB used."); got != "2 GB free. 1 GB used." {
		t.Errorf("%q", got)
	}
	if got := T("about %s here", "猫"); got != "about 猫 here" {
		t.Errorf("%q", got)
	}
}
