namespace FieldSupport.Domain.Shared;

/// <summary>Why something was not accepted: a fixed code for programs and one sentence for people. It names the field, never a patient.</summary>
public sealed record Refusal(string Code, string Sentence);
