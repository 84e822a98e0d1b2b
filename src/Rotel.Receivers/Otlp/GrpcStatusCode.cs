namespace Rotel.Receivers.Otlp;

/// <summary>The codes of https://grpc.github.io/grpc/core/md_doc_statuscodes.html that this receiver answers with.</summary>
internal enum GrpcStatusCode
{
    Ok = 0,
    InvalidArgument = 3,
    NotFound = 5,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}
