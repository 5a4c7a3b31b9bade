/**
 * Stories of who is who. A line is one message: `speaker | conversation | what they came with`, where
 * `kind!value` is proven, `kind~value` strong, `kind?value` weak, and `/scope` names where an id is
 * unique. A conversation `b:chat` stands on connection b, `other:chat` on another brand's; `chat as x`
 * names the sender's handle, else it is the conversation's name. Everybody is called 张伟.
 *
 * `one` names the conversations that are one person's; every other is somebody of its own.
 */
export interface Story {
  readonly tells: string;
  readonly lines: readonly string[];
  readonly one: readonly string[];
  /** How many questions an agent is asked; 0 unless told. */
  readonly asks?: number;
}
