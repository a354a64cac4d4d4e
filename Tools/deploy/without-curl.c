// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors
//
// The functions of libcurl that Foundation's URLSession names, for a link with Swift's runtime
// inside.
//
// Sluice uses no URLSession; a handler of its HTTP server's package that forwards requests does, and
// nothing here makes one. With the real library came some thirty more of Debian's, with TLS, LDAP and
// Kerberos, into an image that has no use for them. Should anything call one of these all the same,
// it says so and ends.

#include <stdio.h>
#include <stdlib.h>

#define WITHOUT(function)                                                        \
    void function(void) {                                                        \
        fputs("sluice is built without libcurl, but " #function " was called\n", \
              stderr);                                                           \
        abort();                                                                 \
    }

WITHOUT(curl_easy_cleanup)
WITHOUT(curl_easy_getinfo)
WITHOUT(curl_easy_init)
WITHOUT(curl_easy_pause)
WITHOUT(curl_easy_setopt)
WITHOUT(curl_easy_strerror)
WITHOUT(curl_free)
WITHOUT(curl_global_init)
WITHOUT(curl_multi_add_handle)
WITHOUT(curl_multi_assign)
WITHOUT(curl_multi_cleanup)
WITHOUT(curl_multi_info_read)
WITHOUT(curl_multi_init)
WITHOUT(curl_multi_remove_handle)
WITHOUT(curl_multi_setopt)
WITHOUT(curl_multi_socket_action)
WITHOUT(curl_slist_append)
WITHOUT(curl_slist_free_all)
WITHOUT(curl_url)
WITHOUT(curl_url_get)
WITHOUT(curl_url_set)
WITHOUT(curl_version)
WITHOUT(curl_version_info)
