package runtime

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"
)

// The places and types of ortapi.h are those of the library's own header, of
// which the binding has a copy: the compiler compares them.
func TestOrtAPI(t *testing.T) {
	ask := func(args ...string) string {
		out, err := exec.Command("go", args...).Output()
		if err != nil {
			t.Fatalf("go %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	binding := ask("list", "-m", "-f", "{{.Dir}}", "github.com/yalue/onnxruntime_go")
	compiler := strings.Fields(ask("env", "CC"))
	header, err := filepath.Abs("ortapi.h")
	if err != nil {
		t.Fatal(err)
	}
	compile := func(change func(header string) string) error {
		text, err := os.ReadFile(header)
		if err != nil {
			t.Fatal(err)
		}
		source := filepath.Join(t.TempDir(), "check.c")
		code := "#include \"onnxruntime_c_api.h\"\n" + change(string(text)) + `
_Static_assert(SEEWHY_ORT_VERSION == ORT_API_VERSION, "another version");
#define CHECK(name, place, result, parameters) \
	_Static_assert(offsetof(OrtApi, name) == place * sizeof(void *), #name " lies elsewhere"); \
	ort_##name check_##name(const OrtApi *api) { return api->name; }
ORT_CALLS(CHECK)
#define CHECK_FIELD(result, name, parameters) \
	typedef result(*field_##name) parameters; \
	field_##name check_field_##name(const OrtCustomOp *op) { return op->name; }
CUSTOM_OP(CHECK_FIELD)
#define OUR_FIELD(result, name, parameters) result(*name) parameters;
typedef struct { uint32_t version; CUSTOM_OP(OUR_FIELD) } our_op;
#define CHECK_PLACE(result, name, parameters) \
	_Static_assert(offsetof(OrtCustomOp, name) == offsetof(our_op, name), #name " lies elsewhere");
CUSTOM_OP(CHECK_PLACE)
_Static_assert(sizeof(OrtCustomOp) == sizeof(our_op), "another operator");
_Static_assert(ORT_INVALID_ARGUMENT == 2 && ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT == 1 && INPUT_OUTPUT_REQUIRED == 0 && INPUT_OUTPUT_VARIADIC == 2, "other numbers");
_Static_assert(offsetof(OrtApiBase, GetApi) == 0 && offsetof(OrtApiBase, GetVersionString) == sizeof(void *), "another base");
`
		if err := os.WriteFile(source, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		args := append(compiler[1:], "-std=c11", "-Werror", "-fsyntax-only", "-I", binding, source)
		if out, err := exec.Command(compiler[0], args...).CombinedOutput(); err != nil {
			return errors.New(string(out))
		}
		return nil
	}
	if err := compile(func(h string) string { return h }); err != nil {
		t.Error(err)
	}
	// The check notices what it is for.
	for _, c := range []struct{ from, to, says string }{
		{"RunWithBinding, 133", "RunWithBinding, 134", "RunWithBinding lies elsewhere"},
		{"(OrtSession *, const OrtRunOptions *", "(OrtSession *, const OrtSession *", "incompatible"},
		{"VERSION 24", "VERSION 25", "another version"},
	} {
		err := compile(func(h string) string {
			if !strings.Contains(h, c.from) {
				t.Fatalf("ortapi.h has no %q", c.from)
			}
			return strings.Replace(h, c.from, c.to, 1)
		})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("with %q the compiler says %v, want %q", c.to, err, c.says)
		}
	}
}

// The binding's objects are found by the names of its fields.
func TestInternals(t *testing.T) {
	l := library(t)
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(probeNet(), []string{"x"}, []string{"y"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Destroy()
	io, err := session.CreateIoBinding()
	if err != nil {
		t.Fatal(err)
	}
	defer io.Destroy()
	options, err := ort.NewRunOptions()
	if err != nil {
		t.Fatal(err)
	}
	defer options.Destroy()
	at, err := sessionOf(session)
	if err != nil {
		t.Error(err)
	}
	if _, err := bindingOf(io); err != nil {
		t.Error(err)
	}
	if _, err := optionsOf(options); err != nil {
		t.Error(err)
	}
	if l.api == nil {
		t.Fatal("the library's table was not found")
	}
	if away, err := l.api.readsAway(at); err != nil || away {
		t.Errorf("a session on the CPU reads from elsewhere: %v, %v", away, err)
	}
	type elsewhere struct{ s *struct{ session *int } }
	for _, of := range []any{elsewhere{}, &elsewhere{}, &elsewhere{&struct{ session *int }{new(int)}}, 7, &struct{ s *int }{new(int)}} {
		if p, err := pointerIn(of, "OrtSession", "s", "ortSession"); err == nil || p != unsafe.Pointer(nil) {
			t.Errorf("%T: %v, %v", of, p, err)
		}
	}
}
