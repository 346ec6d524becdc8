/* lib/kerr/jvm: starts the Java virtual machine in this process and calls the main method of a class.
 *
 *   jvm LIBJVM OPTION… -cp JAR CLASS ARGUMENT…      the class with slashes: dev/kerr/cli/Main
 *
 * It stands in for the JDK's `java`, which starts the same library some milliseconds later: it looks for its own
 * libraries in forty places, and lets the machine fetch the ahead-of-time cache page by page. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <jni.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EXIT_FATAL = 255, OPTIONS_MAX = 48, STACK_BYTES = 1 << 20 };

struct request {
    int argc;
    char **argv;
};

typedef jint create_function(JavaVM **, void **, void *);

_Noreturn static void fail(const char *problem, const char *what) {
    fprintf(stderr, "FATAL:   cannot start Java: %s%s (hint: is the installation whole?)\n", problem, what);
    exit(EXIT_FATAL);
}

/* The one that libjvm calls, since a program's symbols go before those of libraries. What it maps privately to write
 * to are the parts of the ahead-of-time cache that it then writes to nearly everywhere: 900 page faults less. */
__attribute__((visibility("default"))) void *mmap64(void *address, size_t length, int protection, int flags, int fd,
                                                    off64_t offset) {
    if (fd >= 0 && flags & MAP_PRIVATE && protection & PROT_WRITE) flags |= MAP_POPULATE;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

/* By way of bytes, because JNI's own kind of UTF-8 is not the world's. */
static jstring text(JNIEnv *env, jclass string, const char *bytes) {
    const jmethodID decode = (*env)->GetMethodID(env, string, "<init>", "([B)V");
    const jsize length = (jsize)strlen(bytes);
    const jbyteArray array = (*env)->NewByteArray(env, length);
    if (!decode || !array) fail("it has no memory for the arguments", "");
    (*env)->SetByteArrayRegion(env, array, 0, length, (const jbyte *)bytes);
    return (*env)->NewObject(env, string, decode, array);
}

static void call_main(JNIEnv *env, const char *class, int argc, char **argv) {
    const jclass string = (*env)->FindClass(env, "java/lang/String");
    const jclass main = (*env)->FindClass(env, class);
    const jmethodID method = main ? (*env)->GetStaticMethodID(env, main, "main", "([Ljava/lang/String;)V") : NULL;
    const jobjectArray arguments = string ? (*env)->NewObjectArray(env, argc, string, NULL) : NULL;
    if (!method || !arguments) fail("there is no main method in ", class);
    for (int i = 0; i < argc; i++) (*env)->SetObjectArrayElement(env, arguments, i, text(env, string, argv[i]));
    (*env)->CallStaticVoidMethod(env, main, method, arguments);
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env);
        exit(EXIT_FATAL);
    }
}

static void *run(void *data) {
    const struct request *request = data;
    static JavaVMOption options[OPTIONS_MAX];
    static char class_path[5000] = "-Djava.class.path=";
    int count = 0, at = 2;
    while (at + 2 < request->argc && count + 1 < OPTIONS_MAX && strcmp(request->argv[at], "-cp") != 0)
        options[count++].optionString = request->argv[at++];
    if (at + 2 >= request->argc || strcmp(request->argv[at], "-cp") != 0) fail("it is called the wrong way", "");
    strncat(class_path, request->argv[at + 1], sizeof class_path - strlen(class_path) - 1);
    options[count++].optionString = class_path;
    void *library = dlopen(request->argv[1], RTLD_NOW | RTLD_GLOBAL);
    if (!library) fail("", dlerror());
    create_function *create = (create_function *)dlsym(library, "JNI_CreateJavaVM");
    JavaVMInitArgs arguments = {.version = JNI_VERSION_10, .nOptions = count, .options = options};
    JavaVM *vm;
    JNIEnv *env;
    if (!create || create(&vm, (void **)&env, &arguments) != JNI_OK) exit(EXIT_FATAL); /* it has said why */
    call_main(env, request->argv[at + 2], request->argc - at - 3, request->argv + at + 3);
    (*vm)->DestroyJavaVM(vm);
    exit(EXIT_SUCCESS);
}

/* Not in the first thread, whose stack is as large as the caller's limit says. */
int main(int argc, char **argv) {
    struct request request = {argc, argv};
    pthread_t thread;
    pthread_attr_t attributes;
    if (argc < 2 || pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, STACK_BYTES) != 0 ||
        pthread_create(&thread, &attributes, run, &request) != 0)
        fail("it cannot have a thread", "");
    pthread_join(thread, NULL);
}
